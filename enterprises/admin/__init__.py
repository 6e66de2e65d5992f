"""The council's desk: Django's admin, with publishing on top."""

# They register theirs when first imported, which must be before we take them off the desk.
import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enterprises.admin import (
    claims,
    confirmations,
    duplicates,
    enterprise,
    evidence,
    imports,
    inquiries,
    jobs,
    log,
    mail,
    missed,
    people,
    place,
    proposal,
    publication,
    register,
    synonyms,
    taxonomy,
    texts,
)

__all__ = [
    "claims",
    "confirmations",
    "duplicates",
    "enterprise",
    "evidence",
    "imports",
    "inquiries",
    "jobs",
    "log",
    "mail",
    "missed",
    "people",
    "place",
    "proposal",
    "publication",
    "register",
    "synonyms",
    "taxonomy",
    "texts",
]

admin.site.site_header = _("Den fælles by – rådets skrivebord")
admin.site.site_title = _("Rådets skrivebord")
admin.site.index_title = _("Kataloget")

# People look after these themselves at /konto/; at the desk they would show secrets and undo checks.
for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(model)
