"""The council's desk: Django's admin, with publishing on top."""

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
    mail,
    missed,
    people,
    place,
    proposal,
    publication,
    register,
    synonyms,
    taxonomy,
)

__all__ = [
    "claims",
    "confirmations",
    "duplicates",
    "enterprise",
    "mail",
    "missed",
    "people",
    "place",
    "proposal",
    "publication",
    "register",
    "synonyms",
    "taxonomy",
]

admin.site.site_header = _("Den fælles by – rådets skrivebord")
admin.site.site_title = _("Rådets skrivebord")
admin.site.index_title = _("Kataloget")

# People look after these themselves at /konto/; at the desk they would show secrets and undo checks.
for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
