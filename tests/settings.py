"""Production's settings, as the tests run under them."""

import os

os.environ["DEMO"] = "1"
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG"
os.environ["SITE_URL"] = "http://testserver"
os.environ["CONTACT_EMAIL"] = "raadet@example.dk"
os.environ.setdefault("EMBEDDED_DATABASE", "test")
# Each test that needs pictures brings a place for them.
os.environ["PICTURE_STORE"] = "/dev/null/nowhere"

from directory.settings import *  # noqa: F403 – settings are meant to be taken whole

# The files as they lie in the checkout: nothing needs to be collected first.
STATIC_ROOT = None
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
