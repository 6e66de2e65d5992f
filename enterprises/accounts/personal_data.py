"""Everything the site has about one person, as the law calls it portable."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry

from enterprises.models import Claim, Draft, ErrorReport, Export, Invitation, Publication, User


def of(user: User) -> dict[str, Any]:
    return {
        "account": rows(
            User.objects.filter(pk=user.pk),
            "email",
            "name",
            "date_joined",
            "last_login",
            "is_staff",
            "is_active",
        )[0],
        "mail_addresses": rows(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
        # What proves who one is stays here: a copy of it would be a copy of the key.
        "second_steps": rows(Authenticator.objects.filter(user=user), "type", "created_at", "last_used_at"),
        "mitid": rows(
            SocialAccount.objects.filter(user=user), "uid", "extra_data", "date_joined", "last_login"
        ),
        "sessions": rows(UserSession.objects.filter(user=user), "created_at", "ip", "user_agent"),
        # Those that were accepted and have not ended are the enterprises that one edits.
        "claims": rows(
            Claim.objects.filter(user=user),
            "enterprise__name",
            "way",
            "state",
            "explanation",
            "created_at",
            "decided_at",
            "ended_at",
            "reason",
        ),
        "invitations": rows(
            Invitation.objects.filter(email__iexact=user.email), "enterprise__name", "sent_at", "accepted_at"
        ),
        "drafts": rows(Draft.objects.filter(user=user), "enterprise__name", "section", "data", "saved_at"),
        "publications": rows(
            Publication.objects.filter(published_by=user),
            "enterprise__name",
            "number",
            "published_at",
            "reason",
        ),
        "error_reports": rows(
            ErrorReport.objects.filter(email__iexact=user.email), "enterprise__name", "message", "created_at"
        ),
        "exports": rows(Export.objects.filter(user=user), "model", "query", "asked_at", "state"),
        "desk_log": rows(LogEntry.objects.filter(user=user), "action_time", "object_repr", "change_message"),
    }


def rows(found: Any, *fields: str) -> list[dict[str, Any]]:
    return [
        {name.replace("__", "_"): value for name, value in row.items()}
        for row in found.order_by("pk").values(*fields)
    ]
