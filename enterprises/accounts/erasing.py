"""All that is kept about the person behind a mail address, found and erased when they ask for it.

Erasing is one transaction. What was published stays as it was, in its numbers and words: publications name
nobody but the enterprise. Where a conversation or a log must stay, the person's words and name go.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from enterprises.accounts import leaving, personal_data
from enterprises.choices import ExportState
from enterprises.inquiries import forgetting
from enterprises.models import (
    Alert,
    Claim,
    CriterionAnswer,
    Enterprise,
    ErrorReport,
    Export,
    Inquiry,
    InquiryRecipient,
    Invitation,
    Mail,
    Message,
    ProofFile,
    Proposal,
    Publication,
    User,
)

GONE = "[slettet]"
# Texts that people write, in which an address may be named.
TEXTS: tuple[tuple[type[models.Model], str], ...] = (
    (Claim, "explanation"),
    (Claim, "reason"),
    (ErrorReport, "message"),
    (Message, "text"),
    (Enterprise, "notes"),
    (LogEntry, "object_repr"),
    (LogEntry, "change_message"),
)


class EraseError(Exception):
    """Nothing was erased; the message is a sentence for the person who asked."""


def users_of(email: str) -> QuerySet[User]:
    """Whose address it is: one that was never confirmed may be anybody's."""
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True)
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=confirmed.values("user")))


# -- finding ----------------------------------------------------------------------------------------


def found(email: str) -> dict[str, list[dict[str, Any]]]:
    """By the kind of thing; only kinds of which there is any."""
    users = list(users_of(email))
    rows = personal_data.rows
    held: dict[str, list[dict[str, Any]]] = {
        "accounts": [personal_data.of(user) for user in users],
        "unconfirmed_addresses": rows(
            EmailAddress.objects.filter(email__iexact=email).exclude(user__in=users), "email", "verified"
        ),
        "invitations": rows(
            Invitation.objects.filter(email__iexact=email),
            "email",
            "enterprise__name",
            "sent_at",
            "accepted_at",
            "cancelled_at",
        ),
        # Without the texts: they may hold codes and links that are the recipient's alone.
        "mails": rows(
            Mail.objects.filter(recipient__iexact=email), "subject", "state", "queued_at", "ended_at"
        ),
        "proposals": rows(
            Proposal.objects.filter(submitted_by__in=users), "enterprise__name", "submitted_at", "state"
        ),
        "messages": rows(
            Message.objects.filter(author__in=users), "proposal__enterprise__name", "text", "sent_at"
        ),
        "alerts": rows(Alert.objects.filter(email__iexact=email), "words", "asked_at", "confirmed_at"),
        "error_reports": rows(
            ErrorReport.objects.filter(email__iexact=email),
            "enterprise__name",
            "message",
            "email",
            "created_at",
        ),
        "inquiries": rows(
            Inquiry.objects.filter(email__iexact=email),
            *("name", "organisation", "email", "what", "how_much", "where_to", "when_needed"),
            *("links", "created_at", "answer_by", "state"),
        ),
        "inquiries_answered": rows(
            InquiryRecipient.objects.filter(Q(contact_email__iexact=email) | Q(addresses__icontains=email)),
            *("enterprise__name", "contact_name", "contact_email", "text", "answered_at"),
        ),
        "answers_about_criteria": rows(
            CriterionAnswer.objects.filter(answered_by__in=users),
            "enterprise__name",
            "criterion",
            "text_da",
            "text_en",
            "answered_at",
        ),
        "proof_files": rows(
            ProofFile.objects.filter(answer__answered_by__in=users),
            "answer__enterprise__name",
            "name",
            "added_at",
        ),
        "log_about_them": rows(
            _log_about(users), "action_time", "content_type__model", "object_repr", "change_message"
        ),
        "places_to_look": places_to_look(email),
    }
    return {kind: of_kind for kind, of_kind in held.items() if of_kind}


def places_to_look(email: str) -> list[dict[str, Any]]:
    """Where the address stands as an enterprise's own, or in words: for a person to judge."""
    places: list[dict[str, Any]] = []

    def note(where: str, enterprise: str, key: int | None) -> None:
        places.append({"where": where, "enterprise": enterprise, "enterprise_id": key})

    own = Enterprise.objects.filter(email__iexact=email).order_by("pk")
    for key, name in own.values_list("pk", "name"):
        note(_("virksomhedens mail"), name, key)
    contact = KeyTextTransform("email", KeyTextTransform("contact", "snapshot"))
    published = Publication.objects.annotate(contact_email=contact).filter(contact_email__iexact=email)
    for key, name, number in published.order_by("pk").values_list("enterprise", "enterprise__name", "number"):
        note(_("mailen i udgivelse nr. %(number)s") % {"number": number}, name, key)
    reasons = Publication.objects.filter(reason__icontains=email).order_by("pk")
    for key, name, number in reasons.values_list("enterprise", "enterprise__name", "number"):
        note(_("begrundelsen for udgivelse nr. %(number)s") % {"number": number}, name, key)
    for model, field in TEXTS:
        if model is not LogEntry:
            mentions = model._default_manager.filter(**{f"{field}__icontains": email}).order_by("pk")
            to_name = {
                Enterprise: ("pk", "name"),
                Message: ("proposal__enterprise", "proposal__enterprise__name"),
            }
            columns = to_name.get(model, ("enterprise", "enterprise__name"))
            for key, name in mentions.values_list(*columns):
                note(f"{model._meta.verbose_name}: {_label(model, field)}", name, key)
    return places


def _label(model: type[models.Model], field: str) -> str:
    found: Any = model._meta.get_field(field)
    return str(found.verbose_name)


def _log_about(users: list[User]) -> QuerySet[LogEntry]:
    about: dict[type[models.Model], list[str]] = {
        User: [str(user.pk) for user in users],
        Claim: _keys(Claim.objects.filter(user__in=users)),
        Invitation: _keys(Invitation.objects.filter(email__in=[user.email for user in users])),
    }
    wanted = Q(pk=None)
    for model, keys in about.items():
        wanted |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    return LogEntry.objects.filter(wanted)


def _keys(found: QuerySet[Any]) -> list[str]:
    return [str(key) for key in found.values_list("pk", flat=True)]


# -- erasing ----------------------------------------------------------------------------------------


@transaction.atomic
def erase(email: str, *, by: User) -> int:
    """Forget the person; says how many accounts were closed. Notes who did it, and not whose it was."""
    users = list(users_of(email).select_for_update())
    if any(user.is_staff or user.is_superuser for user in users):
        raise EraseError(
            _("Kontoen tilhører en medarbejder. Fjern først medarbejderrettighederne på brugerens side.")
        )
    Message.objects.filter(author__in=users).update(text=GONE)
    _log_about(users).update(object_repr=GONE, change_message=GONE)
    Invitation.objects.filter(email__iexact=email).delete()
    ErrorReport.objects.filter(email__iexact=email).update(email="")
    forgetting.forget_person(email)
    EmailAddress.objects.filter(email__iexact=email).exclude(user__in=users).delete()
    addresses = {email, *(user.email for user in users)}
    for user in users:
        _close(user)
    # Files made before this may name the person.
    Export.objects.filter(state=ExportState.DONE).delete()
    for address in addresses:
        Alert.objects.filter(email__iexact=address).delete()
        Mail.objects.filter(recipient__iexact=address).delete()
        for model, field in TEXTS:
            _strike(model, field, address)
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        action_flag=3,
        object_repr=_("Personoplysninger slettet efter ønske"),
        change_message=_("Lukkede konti: %(count)s") % {"count": len(users)},
    )
    return len(users)


def _close(user: User) -> None:
    """Delete the account; of who once worked at the desk only a number stays, for the log's sake."""
    if not LogEntry.objects.filter(user=user).exists():
        leaving.leave(user, tell=False)
        return
    for session in UserSession.objects.filter(user=user):
        session.end()
    leaving.let_go(user)
    for theirs in (EmailAddress, Authenticator, SocialAccount, Claim):
        theirs._default_manager.filter(user=user).delete()
    user.drafts.all().delete()
    user.groups.clear()
    user.user_permissions.clear()
    for about in (Proposal, CriterionAnswer):
        field = "submitted_by" if about is Proposal else "answered_by"
        about._default_manager.filter(**{field: user}).update(**{field: None})
    Publication.objects.filter(published_by=user).update(published_by=None)
    user.name, user.email, user.is_active = "", f"slettet-{user.pk}@slettet.invalid", False
    user.set_unusable_password()
    user.save()


def _strike(model: type[models.Model], field: str, address: str) -> None:
    """The address out of a text, in whatever letters it is written."""
    literal = "".join(f"\\{each}" if not each.isalnum() else each for each in address)
    without = Func(F(field), Value(literal), Value(GONE), Value("gi"), function="regexp_replace")
    model._default_manager.filter(**{f"{field}__icontains": address}).update(**{field: without})
