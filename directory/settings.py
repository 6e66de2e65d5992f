"""Settings from the environment; the README has the table. Nothing starts half configured."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from directory import database
from directory.street_map import street_map
from enterprises.boundaries import boundaries
from enterprises.cvr import configuration as cvr
from enterprises.mitid.configuration import mitid
from enterprises.photos.store import store_at

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def _switch(name: str, *, default: bool) -> bool:
    written = env.str(name, default="").strip().lower()
    if written not in {"", *SWITCH}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {written!r}.")
    return SWITCH.get(written, default)


def _number(name: str, default: int, *, least: int = 0) -> int:
    written = env.str(name, default=str(default)).strip()
    if not written.isdigit() or int(written) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number, {least} or more, not {written!r}.")
    return int(written)


# A demo on one's own machine: http, an embedded database, a made-up key. Never on the open internet.
DEMO = _switch("DEMO", default=False)
DEBUG = DEMO and _switch("DEBUG", default=False)


def _required(name: str, why: str) -> str:
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why} See the settings table in README.md.")
    return value


SECRET_KEY = _required(
    "SECRET_KEY", "it signs everything that leaves the site (50 random characters or more)."
)
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    raise ImproperlyConfigured(
        "SECRET_KEY is too weak: use at least 50 random characters, "
        "for example from python -c 'import secrets; print(secrets.token_urlsafe(50))'."
    )

# The address the public types. Links in sitemaps, mails, JSON-LD and canonical links start with it.
SITE_URL = _required("SITE_URL", "the site's public address, like https://faellesby.example.").rstrip("/")
try:
    _site = urlsplit(SITE_URL)
    _port = _site.port
except ValueError as error:
    raise ImproperlyConfigured(f"SITE_URL must look like https://host, not {SITE_URL!r}.") from error
if _site.scheme not in ("http", "https") or not _site.hostname or _site.path:
    raise ImproperlyConfigured(f"SITE_URL must look like https://host, not {SITE_URL!r}.")
if _site.scheme == "http" and not DEMO:
    raise ImproperlyConfigured("SITE_URL must start with https:// (http:// is for DEMO=1 only).")
if not DEMO and not env.str("DATABASE_URL", default=""):
    raise ImproperlyConfigured("DATABASE_URL is not set: name the PostgreSQL to use. See README.md.")


def _database(variable: str) -> dict[str, Any]:
    url = env.str(variable, default="")
    if url and not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{variable} must name a PostgreSQL database (postgres://…).")
    try:
        described = database.connection(variable)
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            f"{variable} cannot be read: use postgres://user:password@host/name."
        ) from error
    if not described["NAME"]:
        raise ImproperlyConfigured(f"{variable} names no database: use postgres://user:password@host/name.")
    return described


DATABASES = {"default": _database("DATABASE_URL")}
# A streaming replica that public pages may be read from; see replica.py.
if env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = _database("DATABASE_REPLICA_URL") | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["directory.replica.Router"]
ALLOWED_HOSTS: list[str] = [_site.hostname, *env.list("ALLOWED_HOSTS", default=[])]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts; * would let anyone choose the site's name.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Who answers: printed on the about, privacy and accessibility pages and on every error page.
SITE_OWNER = env.str("SITE_OWNER", default="Rådet for Demokratiske, Kooperative og Socialøkonomiske SMV’er")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")
CONTACT_PHONE = env.str("CONTACT_PHONE", default="")
# The declaration made in the state's WAS-Tool; /was leads there once it exists.
WAS_URL = env.str("WAS_URL", default="")
if WAS_URL and not WAS_URL.startswith("https://"):
    raise ImproperlyConfigured(f"WAS_URL must start with https://, not {WAS_URL!r}.")

# Where the street map's pictures come from, asked for only once a visitor wants to see them.
try:
    STREET_MAP = street_map(
        env.str("MAP_TILES_URL", default="").strip(), env.str("MAP_ATTRIBUTION", default=""), demo=DEMO
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error

INSTALLED_APPS = [
    "directory",
    "enterprises",
    "procrastinate.contrib.django",
    "django_filters",
    "django_htmx",
    "enterprises.mitid",
    "enterprises.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
]
MIDDLEWARE = [
    "directory.middleware.head_without_body",
    "django.middleware.security.SecurityMiddleware",
    "directory.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "directory.middleware.CompressUnlessKept",
    "directory.middleware.ConditionalUnlessKept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "directory.urls"
WSGI_APPLICATION = "directory.wsgi.application"
FORMS_URLFIELD_ASSUME_HTTPS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "enterprises.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my-enterprises"
LOGOUT_REDIRECT_URL = "home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.contrib.auth.context_processors.auth",
                "directory.context.site",
            ],
            "builtins": ["directory.templatetags.city"],
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Logging in: a code by mail is the ordinary way, the password is optional; see enterprises/accounts.
ACCOUNT_ADAPTER = "enterprises.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_FORM_CLASS = "enterprises.accounts.forms.NameForm"
ACCOUNT_FORMS = {
    "login": "enterprises.accounts.log_in_forms.PasswordLoginForm",
    "request_login_code": "enterprises.accounts.log_in_forms.CodeLoginForm",
    "signup": "enterprises.accounts.log_in_forms.SignUpForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "enterprises.accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # http://localhost:8000
# Answers the same for every address, known or not.
ACCOUNT_PREVENT_ENUMERATION = True

# MitID Erhverv through a broker that speaks OpenID Connect; off unless all four are set.
try:
    SOCIALACCOUNT_PROVIDERS = mitid(
        env.str("MITID_ISSUER", default="").strip().rstrip("/"),
        env.str("MITID_CLIENT_ID", default="").strip(),
        env.str("MITID_CLIENT_SECRET", default="").strip(),
        env.str("MITID_CVR_CLAIM", default="").strip(),
        demo=DEMO,
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error
SOCIALACCOUNT_ADAPTER = "enterprises.mitid.adapter.SocialAdapter"
# A form could not lead there: the broker sends people on, and form-action would have to name all its hosts.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# Beside allauth's own limits. Reading a picture costs a second of a processor.
ACCOUNT_RATE_LIMITS = {"upload_photo": "60/h/user"}

# Only allauth's limits are in here. They must hold for all workers together and on every machine, and the
# database is what these share anyway; a server more would have to be run for a few rows a minute.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "enterprises_limits",
        "KEY_FUNCTION": "enterprises.accounts.limits.key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Danish is the language the texts are written in; English is complete in locale/en.
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Dansk")), ("en", _("Engelsk"))]
LOCALE_PATHS = [BASE_DIR / "directory" / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
FORMAT_MODULE_PATH = ["directory.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static"))
# Of django-leaflet only the files of Leaflet itself are wanted, not its templates and widgets.
_leaflet = importlib.util.find_spec("leaflet")
if not (_leaflet and _leaflet.origin):
    raise ImproperlyConfigured("django-leaflet is not installed: see requirements.txt.")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("leaflet", Path(_leaflet.origin).parent / "static" / "leaflet"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "directory.static_files.Storage"},
}
WHITENOISE_MAX_AGE = 3600

# Where logos and photos are kept: a folder, or a bucket that speaks S3.
try:
    PICTURES = store_at(env.str("PICTURE_STORE", default=str(BASE_DIR / ".data" / "pictures")), demo=DEMO)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error
# What a form sends in is dropped as it comes where it is larger than any picture may be.
FILE_UPLOAD_HANDLERS = [
    "enterprises.photos.uploads.DropTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 10

try:
    vars().update(env.email("EMAIL_URL", default="consolemail://"))
except Exception as error:  # django-environ raises the bare class
    raise ImproperlyConfigured(
        "EMAIL_URL cannot be read: use smtp+tls://user:password@host:587 or consolemail://."
    ) from error
# Mails are queued in the transaction that causes them, and the worker hands them to what EMAIL_URL names.
MAIL_TRANSPORT = vars()["EMAIL_BACKEND"].replace("django.core.mail.backends.smtp", "enterprises.smtp")
EMAIL_BACKEND = "enterprises.outbox.EmailBackend"
EMAIL_TIMEOUT = _number("EMAIL_TIMEOUT", 20, least=1)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"hej@{_site.hostname}")
# For how many days a mail's text is kept once it is sent, and for how many the outbox remembers it at all.
MAIL_TEXT_DAYS = _number("MAIL_TEXT_DAYS", 14)
MAIL_LOG_DAYS = _number("MAIL_LOG_DAYS", 365)
# The council's report compares with the year before.
MISSED_SEARCH_DAYS = _number("MISSED_SEARCH_DAYS", 730)
# For how long what else there is to forget is kept; see enterprises/retention.py.
COUNT_MONTHS = _number("COUNT_MONTHS", 13, least=12)
INVITATION_DAYS = _number("INVITATION_DAYS", 60, least=14)
CLAIM_TEXT_DAYS = _number("CLAIM_TEXT_DAYS", 180, least=1)
CLAIM_DAYS = _number("CLAIM_DAYS", 1095, least=1)
IMPORT_DAYS = _number("IMPORT_DAYS", 365, least=30)
EXPORT_DAYS = _number("EXPORT_DAYS", 7, least=1)
REPORT_DAYS = _number("REPORT_DAYS", 730, least=1)
# How long before an account or an added enterprise goes its person is told.
NOTICE_DAYS = _number("NOTICE_DAYS", 30, least=7)
ACCOUNT_DAYS = _number("ACCOUNT_DAYS", 730, least=NOTICE_DAYS + 1)
ADDED_DAYS = _number("ADDED_DAYS", 365, least=NOTICE_DAYS + 1)

# How long a buyer's shortlist is kept after somebody last used it; browsers forget a cookie after 400 days.
SHORTLIST_DAYS = _number("SHORTLIST_DAYS", 365, least=NOTICE_DAYS + 1)

# For how long a buyer's inquiry waits for its confirmation, and for how long after its answer date what is
# written in it is kept.
INQUIRY_UNCONFIRMED_DAYS = _number("INQUIRY_UNCONFIRMED_DAYS", 3, least=1)
INQUIRY_DAYS = _number("INQUIRY_DAYS", 180, least=60)
# How long a search is kept that somebody asked to follow by mail and did not confirm.
ALERT_DAYS = _number("ALERT_DAYS", 7, least=1)

# A worker that has not been heard of for so many seconds is dead, and others do its jobs.
JOBS_STALLED_AFTER = _number("JOBS_STALLED_AFTER", 30, least=1)
# The nightly jobs of a machine that slept at night are done when it wakes.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 24 * 3600}

# A public address service that speaks the Adressevælger's protocol; without it "near" takes no addresses.
ADDRESS_URL = env.str("ADDRESS_URL", default="").rstrip("/")
if ADDRESS_URL and not ADDRESS_URL.startswith(("https://", "http://") if DEMO else "https://"):
    raise ImproperlyConfigured(f"ADDRESS_URL must start with https://, not {ADDRESS_URL!r}.")
ADDRESS_TOKEN = env.str("ADDRESS_TOKEN", default="")

# A GeoJSON file with the city's districts, and the property that holds their numbers or names.
DISTRICT_PROPERTY = env.str("DISTRICT_PROPERTY", default="navn").strip()
try:
    DISTRICT_BOUNDARIES = boundaries(env.str("DISTRICT_BOUNDARIES", default="").strip(), DISTRICT_PROPERTY)
    # The public distribution of the Central Business Register; without all three nothing is read there.
    CVR_URL, CVR_USER, CVR_PASSWORD = cvr.checked(
        env.str("CVR_URL", default="").strip(),
        env.str("CVR_USER", default="").strip(),
        env.str("CVR_PASSWORD", default="").strip(),
    )
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error

# How many megabytes of whole pages each process may keep; 0 keeps none.
PAGE_CACHE_MB = _number("PAGE_CACHE_MB", 16)

# How much of the open data one address may ask for in a minute; 0 counts nothing.
API_PER_MINUTE = _number("API_PER_MINUTE", 3_000)

# -- security -------------------------------------------------------------------------------------

_https = _site.scheme == "https"
SECURE_SSL_REDIRECT = _https and _switch("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = _number("HSTS_SECONDS", 365 * 24 * 3600) if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
# Search engines that speak IndexNow are told what is published or withdrawn; nobody is without a key.
INDEXNOW_KEY = env.str("INDEXNOW_KEY", default="").strip()
if INDEXNOW_KEY and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", INDEXNOW_KEY):
    raise ImproperlyConfigured("INDEXNOW_KEY must be 8 to 128 letters, digits or hyphens.")
INDEXNOW_URL = env.str("INDEXNOW_URL", default="https://api.indexnow.org/indexnow").strip()
if not INDEXNOW_URL.startswith(("https://", "http://") if DEMO else "https://"):
    raise ImproperlyConfigured(f"INDEXNOW_URL must start with https://, not {INDEXNOW_URL!r}.")

BEHIND_PROXY = _switch("BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
CSRF_COOKIE_AGE = None  # gone with the browser window
SHORTLIST_COOKIE_NAME = "__Host-list" if _https else "list"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "directory.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([STREET_MAP.origin] if STREET_MAP else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"no secrets": {"()": "directory.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no secrets"]}
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
