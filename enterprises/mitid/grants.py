"""What a log-in with MitID Erhverv lets somebody edit: the one enterprise with that CVR number."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.socialaccount.signals import social_account_added
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from enterprises import claim_mails, claims
from enterprises.choices import ClaimWay
from enterprises.mitid.provider import MitIDProvider
from enterprises.models import Editorship, Enterprise, User


@transaction.atomic
def grant(user: User, cvr: str) -> Enterprise | None:
    """Let the person edit the enterprise with that number, and no longer what another number gave them.

    What they were given in other ways is left alone. Whom staff have put out only asks to come in again.
    """
    enterprise = Enterprise.objects.select_related("current").filter(cvr=cvr).first()
    take_back(user, but=enterprise)
    if enterprise is None or _edits(user, enterprise):
        return enterprise
    if claims.was_put_out(enterprise, user):
        claims.open_(enterprise, user, ClaimWay.MITID)
    else:
        claims.give(enterprise, user, way=ClaimWay.MITID)
    return enterprise


def _edits(user: User, enterprise: Enterprise) -> bool:
    return Editorship.objects.filter(user=user, enterprise=enterprise).exists()


def take_back(user: User, but: Enterprise | None = None) -> None:
    given = Editorship.objects.filter(user=user, claim__way=ClaimWay.MITID).select_related("enterprise")
    for editorship in given.exclude(enterprise=but) if but else given:
        claims.lapse(editorship)


def apply(request: HttpRequest, user: User, account: Any) -> None:
    """Follow what the broker has just told, and say what came of it."""
    cvr = account.extra_data["cvr"]
    enterprise = grant(user, cvr)
    if enterprise and _edits(user, enterprise):
        messages.success(request, _("Du kan redigere %(name)s.") % {"name": enterprise.name})
    elif enterprise:
        told = _("Din adgang til %(name)s er taget tilbage. Vi har spurgt, om du må komme ind igen.")
        messages.info(request, told % {"name": claim_mails.public_name(enterprise)})
    else:
        messages.info(request, _("Vi kender ingen virksomhed med CVR-nummer %(cvr)s endnu.") % {"cvr": cvr})


def follow_logins() -> None:
    user_logged_in.connect(_logged_in, dispatch_uid="mitid")
    social_account_added.connect(_connected, dispatch_uid="mitid")


def _logged_in(request: HttpRequest, user: User, sociallogin: Any = None, **_others: Any) -> None:
    if sociallogin and sociallogin.account.provider == MitIDProvider.id:
        apply(request, user, sociallogin.account)


def _connected(request: HttpRequest, sociallogin: Any, **_others: Any) -> None:
    if sociallogin.account.provider == MitIDProvider.id:
        apply(request, sociallogin.user, sociallogin.account)
