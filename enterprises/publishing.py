"""The only door through which anything becomes public or stops being so.

Each function is one transaction and sends a signal inside it, so what readers are shown (the
directory's listings) changes together with the publications or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.db.models.fields.reverse_related import ForeignObjectRel, ManyToManyRel
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import choices, copying, danish, sections, snapshots, telling
from enterprises.models import Enterprise, FormerSlug, Proposal, Publication, User, Withdrawal

# Sent with `publications`, a list, inside the transaction.
published = Signal()
# Sent with `publications`, inside the transaction: their words have other names now, or are others.
sorted_anew = Signal()
# Sent with `enterprises`, inside the transaction: they are no longer public.
withdrawn = Signal()
# Sent with `enterprise`: it said that its facts still hold, or did not answer when asked.
confirmed = Signal()

FORGOTTEN_AT_ONCE = 5_000
SHOWN_AT_ONCE = 2_000


class PublishError(Exception):
    """Nothing was changed; `problems` are sentences for the person who asked."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


def missing(enterprise: Enterprise) -> list[str]:
    """What a profile needs and this one lacks, as sentences. Empty when it may be published."""
    needs_sector = enterprise.kind == choices.Kind.ENTERPRISE
    return _lacking(
        enterprise.tagline_da, enterprise.description_da, not needs_sector or enterprise.sector_ranks.all()
    )


def _missing_in(snapshot: snapshots.Snapshot) -> list[str]:
    return _lacking(
        snapshot.get("tagline", {}).get("da"),
        snapshot.get("description", {}).get("da"),
        snapshot["kind"] != choices.Kind.ENTERPRISE or snapshot.get("sectors"),
    )


def _lacking(tagline: object, description: object, sector: object) -> list[str]:
    problems = []
    if not tagline:
        problems.append(_("Der mangler en linje på dansk om, hvad man kan købe eller få."))
    if not description:
        problems.append(_("Der mangler en beskrivelse på dansk."))
    if not sector:
        problems.append(_("Der mangler en branche."))
    return problems


def has_changes(enterprise: Enterprise) -> bool:
    """Whether the working copy differs from what the public sees."""
    return enterprise.current is None or _differs(enterprise, enterprise.current)


def has_unpublished_changes(enterprise: Enterprise) -> bool:
    """Whether the working copy holds what was never published: a restore would lose it."""
    latest = enterprise.publications.order_by("-number").first()
    return latest is not None and _differs(enterprise, latest)


def _differs(enterprise: Enterprise, publication: Publication) -> bool:
    shown = snapshots.upgrade(publication.snapshot, publication.schema_version)
    return not snapshots.same(snapshots.take(enterprise), shown)


def free_slug(name: str, taken: set[str] | None = None) -> str:
    """An address for the name that nobody has, or ever had (in `taken`, where that is known already)."""
    base = danish.slugify(name)
    if taken is None:
        taken = set(FormerSlug.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        taken |= set(Enterprise.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 2
    slug = base
    while slug in taken:
        slug = f"{base}-{number}"
        number += 1
    return slug


@transaction.atomic
def publish(enterprise: Enterprise, *, by: User | None = None, reason: str = "") -> Publication:
    """Make the working copy public. Publishing what is already public changes nothing."""
    enterprise = _locked(enterprise)
    problems = missing(enterprise)
    if problems:
        raise PublishError(*problems)
    publication = enterprise.current
    if publication is None or has_changes(enterprise):
        publication = _publish(enterprise, snapshots.take(enterprise), choices.Change.PUBLISHED, by, reason)
    if _close_proposals([enterprise], choices.ProposalState.APPROVED, by):
        telling.approved(enterprise)
    return publication


@transaction.atomic
def publish_sections(
    enterprise: Enterprise, chosen: Collection[choices.Section], *, by: User | None = None
) -> Publication | None:
    """Make some sections of the working copy public, and leave what else has changed waiting.

    Returns None where the public already sees them so, or does not see the enterprise at all.
    """
    enterprise = _locked(enterprise)
    if enterprise.current is None:
        return None
    shown = snapshots.upgrade(enterprise.current.snapshot, enterprise.current.schema_version)
    wanted = sections.merged(shown, snapshots.take(enterprise), chosen)
    if snapshots.same(shown, wanted):
        return None
    return _publish(enterprise, wanted, choices.Change.DIRECT, by, "")


@transaction.atomic
def publish_parts(enterprise: Enterprise, chosen: Collection[str], *, by: User) -> Publication:
    """Make some parts of the working copy public, by their keys. All else stays as it was on either side."""
    enterprise = _locked(enterprise)
    if enterprise.current is None:
        raise PublishError(_("Profilen er ikke udgivet, så den kan kun godkendes som en helhed."))
    shown = snapshots.upgrade(enterprise.current.snapshot, enterprise.current.schema_version)
    proposed = snapshots.take(enterprise)
    parts = [part for part in sections.parts(shown, proposed) if part.key in chosen]
    if {part.key for part in parts} != {*chosen}:
        raise PublishError(_("Der er ændret noget, siden siden blev hentet. Læs ændringerne igen."))
    wanted = sections.with_parts(shown, proposed, parts)
    if problems := _missing_in(wanted):
        raise PublishError(*problems)
    reason = "" if snapshots.same(wanted, proposed) else _("Delvist godkendt")
    return _publish(enterprise, wanted, choices.Change.PUBLISHED, by, reason)


@transaction.atomic
def publish_field(
    enterprise: Enterprise, field: str, *, by: User | None = None, reason: str = ""
) -> Publication | None:
    """Make one field of the working copy public (as sections.with_field has it), and nothing else.

    Returns None where the public already sees it so, does not see the enterprise at all, or where it
    hangs together with other changes that wait.
    """
    enterprise = _locked(enterprise)
    if enterprise.current is None:
        return None
    shown = snapshots.upgrade(enterprise.current.snapshot, enterprise.current.schema_version)
    wanted = sections.with_field(shown, snapshots.take(enterprise), field)
    if wanted is None or snapshots.same(shown, wanted):
        return None
    return _publish(enterprise, wanted, choices.Change.PUBLISHED, by, reason)


@transaction.atomic
def restore(
    publication: Publication, *, by: User | None = None, reason: str = "", discard_changes: bool = False
) -> Publication:
    """Bring an earlier publication back, as a new one, and make the working copy equal to it.

    Refuses when the working copy holds changes that were never published, unless told to discard them.
    """
    enterprise = _locked(publication.enterprise)
    if has_unpublished_changes(enterprise) and not discard_changes:
        raise PublishError(
            _("Der er ændringer, som aldrig er udgivet. Udgiv dem først, eller vælg, at de skal gå tabt.")
        )
    try:
        snapshots.put_back(snapshots.upgrade(publication.snapshot, publication.schema_version), enterprise)
    except snapshots.RestoreError as error:
        raise PublishError(str(error)) from error
    enterprise = _locked(enterprise)
    # Its only branch may have gone out of use since.
    if problems := missing(enterprise):
        raise PublishError(*problems)
    restored = _publish(enterprise, snapshots.take(enterprise), choices.Change.RESTORED, by, reason)
    _close_proposals([enterprise], choices.ProposalState.LAPSED, by)
    return restored


@transaction.atomic
def withdraw(
    enterprise: Enterprise, *, by: User | None = None, reason: str, merged_into: Enterprise | None = None
) -> Withdrawal:
    """Take a profile off the site. Its address answers 410, or leads to the one it was merged into."""
    locked = _locked(enterprise)
    if locked.current_id is None:
        raise PublishError(_("Profilen er ikke udgivet."))
    if merged_into is not None and merged_into.pk == locked.pk:
        raise PublishError(_("En virksomhed kan ikke lægges sammen med sig selv."))
    return _withdraw(enterprise, by, reason, merged_into)


@transaction.atomic
def retire(enterprise: Enterprise, *, by: User, reason: str, merged_into: Enterprise) -> Withdrawal:
    """As withdraw, for one that another has taken over, public or not."""
    return _withdraw(_locked(enterprise), by, reason, merged_into)


def _withdraw(
    enterprise: Enterprise, by: User | None, reason: str, merged_into: Enterprise | None
) -> Withdrawal:
    Enterprise.objects.filter(pk=enterprise.pk).update(current=None)
    enterprise.current = None
    withdrawal = Withdrawal.objects.create(
        enterprise=enterprise,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        reason=reason,
        merged_into=merged_into,
    )
    withdrawn.send(sender=Enterprise, enterprises=[enterprise])
    return withdrawal


@transaction.atomic
def confirm(enterprise: Enterprise, *, on: date) -> None:
    """Record that the enterprise itself has said that its facts hold. Nobody need ask it any more."""
    Enterprise.objects.filter(pk=enterprise.pk).update(confirmed_on=on, unanswered_on=None)
    enterprise.confirmed_on, enterprise.unanswered_on = on, None
    enterprise.confirmation_requests.filter(answered_at=None).update(
        answer=choices.Answer.HOLDS, answered_at=timezone.now()
    )
    confirmed.send(sender=Enterprise, enterprise=enterprise)


@transaction.atomic
def mark_unanswered(enterprise: Enterprise, *, on: date) -> None:
    """Let readers see that the enterprise does not answer, until it confirms."""
    Enterprise.objects.filter(pk=enterprise.pk).update(unanswered_on=on)
    enterprise.unanswered_on = on
    confirmed.send(sender=Enterprise, enterprise=enterprise)


@transaction.atomic
def share_confirmation(enterprise: Enterprise, other: Enterprise) -> None:
    """Of two that are one: all it says was right on the earlier day, and it answers if either did."""
    days = [day for day in (enterprise.confirmed_on, other.confirmed_on) if day]
    silent = [day for day in (enterprise.unanswered_on, other.unanswered_on) if day]
    enterprise.confirmed_on = min(days, default=None)
    enterprise.unanswered_on = max(silent) if len(silent) == 2 else None
    Enterprise.objects.filter(pk=enterprise.pk).update(
        confirmed_on=enterprise.confirmed_on, unanswered_on=enterprise.unanswered_on
    )
    confirmed.send(sender=Enterprise, enterprise=enterprise)


def _locked(enterprise: Enterprise) -> Enterprise:
    """The enterprise as it is now, held until the transaction ends, with all a snapshot needs."""
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    return (
        Enterprise.objects.select_related("current")
        .prefetch_related(*snapshots.RELATIONS)
        .get(pk=enterprise.pk)
    )


def _publish(
    enterprise: Enterprise, snapshot: snapshots.Snapshot, change: choices.Change, by: User | None, reason: str
) -> Publication:
    former, created = FormerSlug.objects.get_or_create(
        slug=snapshot["slug"], defaults={"enterprise": enterprise}
    )
    if not created and former.enterprise_id != enterprise.pk:
        raise PublishError(_anothers_address(enterprise))
    last = enterprise.publications.aggregate(last=Max("number"))["last"] or 0
    publication = Publication.objects.create(
        enterprise=enterprise,
        number=last + 1,
        schema_version=snapshots.SCHEMA_VERSION,
        snapshot=snapshot,
        change=change,
        reason=reason,
        published_at=timezone.now(),
        published_by=by,
    )
    Enterprise.objects.filter(pk=enterprise.pk).update(current=publication)
    enterprise.current = publication
    published.send(sender=Publication, publications=[publication])
    return publication


def _close_proposals(enterprises: Sequence[Enterprise], state: choices.ProposalState, by: User | None) -> int:
    """What has been published, or overwritten, is no longer proposed. Returns how many were."""
    current = Enterprise.objects.filter(pk=OuterRef("enterprise")).values("current")
    return Proposal.objects.filter(enterprise__in=enterprises, state=choices.ProposalState.OPEN).update(
        state=state, decided_at=timezone.now(), decided_by=by, publication=Subquery(current)
    )


@transaction.atomic
def publish_new(enterprises: Sequence[Enterprise], *, reason: str = "") -> None:
    """Publish many enterprises that never were public before, such as a whole city, in few statements.

    What has been prefetched for them is taken as it is; the rest is read.
    """
    prefetch_related_objects(enterprises, *snapshots.RELATIONS)
    _refuse_incomplete(enterprises)
    _publish_all(enterprises, enterprises, {}, reason)


@transaction.atomic
def publish_many(enterprises: Sequence[Enterprise], *, reason: str = "") -> set[int]:
    """Publish those of many enterprises that differ from what the public sees. Returns their keys.

    Few statements, however many they are. The caller has locked their rows before reading them: what
    has been prefetched is taken as it is; the rest is read.
    """
    prefetch_related_objects(enterprises, "current", *snapshots.RELATIONS)
    _refuse_incomplete(enterprises)
    changed = [enterprise for enterprise in enterprises if has_changes(enterprise)]
    if problems := address_problems(changed):
        raise PublishError(*problems.values())
    if changed:
        known = set(
            FormerSlug.objects.filter(slug__in=[e.slug for e in changed]).values_list("slug", flat=True)
        )
        numbers = Publication.objects.filter(enterprise__in=changed).values("enterprise")
        last = dict(numbers.annotate(last=Max("number")).values_list("enterprise", "last"))
        _publish_all(changed, [e for e in changed if e.slug not in known], last, reason)
        _close_proposals(changed, choices.ProposalState.APPROVED, None)
    return {enterprise.pk for enterprise in changed}


@transaction.atomic
def publish_sorted(
    wanted: Sequence[tuple[Enterprise, snapshots.Snapshot]], *, by: User | None, reason: str
) -> None:
    """Publish many enterprises with a word of the taxonomies replaced in what the public sees, and no more.

    What else has changed in their working copies waits on.
    """
    numbers = Publication.objects.filter(enterprise__in=[e for e, _snapshot in wanted]).values("enterprise")
    last = dict(numbers.annotate(last=Max("number")).values_list("enterprise", "last"))
    taken = {enterprise.pk: snapshot for enterprise, snapshot in wanted}
    _publish_all([e for e, _snapshot in wanted], [], last, reason, taken, choices.Change.TERMS, by)


@transaction.atomic
def show_sorted(enterprises: QuerySet[Enterprise]) -> None:
    """Let readers see the words of what is public as they are now. Nothing is published."""
    found = [enterprise.pk for enterprise in enterprises]
    shown = Publication.objects.select_related("enterprise").filter(pk=F("enterprise__current"))
    for start in range(0, len(found), SHOWN_AT_ONCE):
        some = list(shown.filter(enterprise__in=found[start : start + SHOWN_AT_ONCE]))
        sorted_anew.send(sender=Publication, publications=some)


def address_problems(enterprises: Sequence[Enterprise]) -> dict[int, str]:
    """What keeps enterprises from their addresses, by primary key: they have been another's."""
    owners = dict(
        FormerSlug.objects.filter(slug__in=[e.slug for e in enterprises]).values_list("slug", "enterprise")
    )
    return {e.pk: _anothers_address(e) for e in enterprises if owners.get(e.slug, e.pk) != e.pk}


def _anothers_address(enterprise: Enterprise) -> str:
    return _("Adressen “%(slug)s” har hørt til en anden virksomhed. Vælg en ny.") % {"slug": enterprise.slug}


def _refuse_incomplete(enterprises: Sequence[Enterprise]) -> None:
    for enterprise in enterprises:
        if problems := missing(enterprise):
            raise PublishError(f"{enterprise}:", *problems)


def _publish_all(
    enterprises: Sequence[Enterprise],
    with_new_slug: Sequence[Enterprise],
    last_numbers: dict[int, int],
    reason: str,
    taken: dict[int, snapshots.Snapshot] | None = None,
    change: choices.Change = choices.Change.PUBLISHED,
    by: User | None = None,
) -> None:
    """Publish what has been taken of them, by primary key, or else their working copies."""
    copying.insert([FormerSlug(slug=enterprise.slug, enterprise=enterprise) for enterprise in with_new_slug])
    now = timezone.now()
    publications = [
        Publication(
            pk=key,
            enterprise=enterprise,
            number=last_numbers.get(enterprise.pk, 0) + 1,
            schema_version=snapshots.SCHEMA_VERSION,
            snapshot=taken[enterprise.pk] if taken else snapshots.take(enterprise),
            change=change,
            reason=reason,
            published_at=now,
            published_by=by,
        )
        for key, enterprise in zip(
            copying.reserve_keys(Publication, len(enterprises)), enterprises, strict=True
        )
    ]
    copying.insert(publications)
    latest = Publication.objects.filter(enterprise=OuterRef("pk")).order_by("-number")
    Enterprise.objects.filter(pk__in=[e.pk for e in enterprises]).update(
        current=Subquery(latest.values("pk")[:1])
    )
    published.send(sender=Publication, publications=publications)


@transaction.atomic
def forget(enterprises: QuerySet[Enterprise]) -> None:
    """Erase enterprises and every trace of them, publications too. For demo content and the law's demands."""
    keys = list(enterprises.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), FORGOTTEN_AT_ONCE):
        some = Enterprise.objects.filter(pk__in=keys[start : start + FORGOTTEN_AT_ONCE])
        withdrawn.send(sender=Enterprise, enterprises=list(some))
        _erase(some)
        # Foreign keys are checked here, not for all at once when the transaction ends.
        connection.check_constraints()


def _erase(rows: QuerySet[Any]) -> None:
    """Delete rows and what hangs on them, one statement per table. QuerySet.delete() would read them all."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or isinstance(relation, ManyToManyRel):
            continue
        hanging = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        if relation.on_delete is models.CASCADE:
            _erase(hanging)
        elif relation.on_delete is models.SET_NULL:
            hanging.update(**{relation.field.name: None})
    rows._raw_delete(rows.db)
