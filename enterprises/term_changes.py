"""Renaming, merging, splitting and retiring the words enterprises are sorted by. One transaction each.

A word that is renamed or merged is the same for all that was published before: those publications are read
through its former slug (taxonomies.py), and nobody gets a new number in their history for what says the
same. Splitting and retiring decide something about each enterprise, so whoever gets another word by them
is published anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import danish, publishing, taxonomies, term_carriers
from enterprises.choices import Kind, TermChangeKind, TermChangeState
from enterprises.models import Enterprise, LegalForm, Mark, Mission, Ownership, Sector, Term, TermChange, User
from enterprises.term_carriers import ChangeError, Plan

MODELS: dict[str, type[Term]] = {
    model._meta.model_name or "": model for model in (Sector, Mission, Ownership, LegalForm, Mark)
}
# More than so many take over half a second: the worker does them.
MOST_AT_ONCE = 100
# What a word that takes over another takes over of it besides.
JOINED = ("aliases", "cpv", "db07", "db25", "rsv_areas", "sdgs")
# What a new word has of the one it is split from, until somebody changes it.
SHARED = ("colour", "colour_dark", "roof", "kind", "sole_trader", "can_be_rsv")
LONGEST_ALIAS = 80


def possible(term: Term) -> list[TermChangeKind]:
    """What can be done to a word. The ten districts and CVR's forms are facts, and so is RSV."""
    kind = TermChangeKind
    if term.successor_id or type(term)._meta.model_name not in MODELS:
        return []
    if term.retired_on:
        return [kind.REVIVE]
    if isinstance(term, Mark):
        # Each has a number and a proof of its own, which cannot be parted by anybody here.
        return [] if term.slug == Mark.RSV else [kind.RENAME, kind.MERGE, kind.RETIRE]
    if isinstance(term, LegalForm) and term.cvr_code:
        return [kind.RENAME]
    return [kind.RENAME, kind.MERGE, kind.SPLIT, kind.RETIRE]


# -- asking and doing -----------------------------------------------------------------------------


@transaction.atomic
def ask(term: Term, kind: TermChangeKind, details: dict[str, Any], *, by: User, reason: str) -> TermChange:
    """Do it now, or let the worker where many have the word. Raises ChangeError where it cannot be."""
    change = TermChange.objects.create(
        taxonomy=str(type(term)._meta.model_name),
        term=term.pk,
        name=term.name_da,
        kind=kind,
        details=details,
        reason=reason,
        asked_by=by,
    )
    if term_carriers.carriers(term).count() > MOST_AT_ONCE:
        from enterprises import tasks  # which does this

        tasks.change_term.defer(change=change.pk)
        return change
    _do(change)
    return change


@transaction.atomic
def carry_out(pk: int) -> None:
    """What waits is done, or refused with the reason. Doing it twice is doing it once."""
    change = TermChange.objects.select_for_update().get(pk=pk)
    if change.state != TermChangeState.WAITING:
        return
    try:
        with transaction.atomic():
            _do(change)
    except ChangeError as error:
        _end(change, TermChangeState.REFUSED, str(error))


def _do(change: TermChange) -> None:
    taxonomies.change_alone()
    model = MODELS[change.taxonomy]
    rows = model.everything.select_for_update().order_by("pk")
    others = [key for key in (change.details.get("into"), change.details.get("instead")) if key]
    locked = {row.pk: row for row in rows.filter(pk__in=[change.term, *others])}
    term = locked.get(change.term)
    kind = TermChangeKind(change.kind)
    if term is None or kind not in possible(term):
        raise ChangeError(_("Det kan ikke lade sig gøre med “%(name)s” mere.") % {"name": change.name})
    if any(key not in locked or locked[key].retired_on for key in others):
        raise ChangeError(_("Det ord, der skulle træde i stedet, er ikke i brug mere."))
    told = DOING[kind](term, change, locked)
    _end(change, TermChangeState.DONE, told)
    if change.asked_by_id:  # the account may be gone before the worker comes
        LogEntry.objects.create(
            user_id=change.asked_by_id,
            content_type=ContentType.objects.get_for_model(model),
            object_id=str(term.pk),
            object_repr=str(term)[:200],
            action_flag=CHANGE,
            change_message=f"{told} {change.reason}".strip(),
        )


def _end(change: TermChange, state: TermChangeState, told: str) -> None:
    change.state, change.outcome, change.done_at = state, told, timezone.now()
    change.save()


def _lock_carriers(term: Term) -> list[int]:
    """Those that have it, each held until the transaction ends."""
    keys = term_carriers.carriers(term).order_by("pk").values_list("pk", flat=True)
    held = Enterprise.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk")
    return list(held.values_list("pk", flat=True))


# -- each of them ---------------------------------------------------------------------------------


def _rename(term: Term, change: TermChange, _locked: Mapping[int, Term]) -> str:
    details = change.details
    before = {field: getattr(term, field) for field in ("slug", "name_da", "name_en")}
    if before["slug"] != details["slug"]:
        free_slug_or_refuse(term, details["slug"])
        _predecessors(term).filter(slug=details["slug"]).delete()
    term.slug, term.name_da, term.name_en = details["slug"], details["name_da"], details["name_en"]
    _also_called(term, before["name_da"], before["name_en"])
    term.save()
    if before["slug"] != term.slug:
        _leave_behind(term, before)
        if isinstance(term, Mark):
            term_carriers.rename_marks(before["slug"], term.slug)
    publishing.show_sorted(term_carriers.shown(term))
    return _("“%(old)s” hedder nu “%(new)s” med adressen %(slug)s.") % {
        "old": before["name_da"],
        "new": term.name_da,
        "slug": term.slug,
    }


def _predecessors(term: Any) -> QuerySet[Any]:
    """What it was once called, and what it has taken over."""
    found: QuerySet[Any] = type(term).everything.filter(successor=term)
    return found


def free_slug_or_refuse(term: Term, slug: str) -> None:
    """A word may have its own former slug back; nobody else's."""
    other = type(term).everything.filter(slug=slug).exclude(pk=term.pk).first()
    if other and (term.pk is None or other.successor_id != term.pk):
        text = _("Adressen %(slug)s hører til “%(name)s”, eller har gjort det. Vælg en anden.")
        raise ChangeError(text % {"slug": slug, "name": (other.successor or other).name_da})


def _leave_behind(term: Term, before: Mapping[str, str]) -> None:
    """So that the old address leads on, and nobody else can have it."""
    model: Any = type(term)
    gone = model(**before, position=term.position, retired_on=timezone.localdate(), successor=term)
    if isinstance(term, Mark):
        gone.kind = term.kind
    gone.save()


def _also_called(term: Term, *names: str) -> None:
    known = {danish.fold(name) for name in (term.name_da, term.name_en, *term.aliases)}
    for name in names:
        if danish.fold(name) not in known and len(name) <= LONGEST_ALIAS:
            term.aliases.append(name)
            known.add(danish.fold(name))


def _merge(term: Term, change: TermChange, locked: Mapping[int, Term]) -> str:
    into = locked[change.details["into"]]
    if into.pk == term.pk:
        raise ChangeError(_("Et ord kan ikke lægges sammen med sig selv."))
    if TermChangeKind.MERGE not in possible(into):
        raise ChangeError(_("“%(name)s” kan ikke tage andre ord ind i sig.") % {"name": into.name_da})
    plan = {enterprise: [into] for enterprise in _lock_carriers(term)}
    _predecessors(term).update(successor=into)
    for field in JOINED:
        if hasattr(into, field):
            setattr(into, field, list(dict.fromkeys([*getattr(into, field), *getattr(term, field)])))
    _also_called(into, term.name_da, term.name_en)
    into.save()
    term_carriers.exchange(term, plan)
    term_carriers.exchange_in_drafts(term, plan, [into])
    term.retired_on, term.successor = timezone.localdate(), into
    term.save()
    publishing.show_sorted(Enterprise.objects.filter(pk__in=list(plan)))
    return _("“%(old)s” er lagt sammen med “%(new)s”. Virksomheder, der havde det: %(count)s.") % {
        "old": term.name_da,
        "new": into.name_da,
        "count": len(plan),
    }


def _split(term: Term, change: TermChange, _locked: Mapping[int, Term]) -> str:
    new = [_created(term, names) for names in change.details["new"]]
    held = set(_lock_carriers(term))
    plan: dict[int, list[Term]] = {}
    for key, choice in change.details["choices"].items():
        stays, number = choice.startswith("both"), int(choice.partition("-")[2])
        if int(key) in held:
            plan[int(key)] = [term, new[number]] if stays else [new[number]]
    _exchange_and_publish(term, plan, None, change)
    return _("“%(old)s” er delt. Nyt: %(new)s. Virksomheder, der har fået det: %(count)s.") % {
        "old": term.name_da,
        "new": ", ".join(one.name_da for one in new),
        "count": len(plan),
    }


def _created(term: Term, names: Mapping[str, str]) -> Term:
    model = type(term)
    free_slug_or_refuse(model(), names["slug"])
    shared = {field: getattr(term, field) for field in SHARED if hasattr(term, field)}
    made: Term = model.everything.create(**names, position=term.position, **shared)
    return made


def _retire(term: Term, change: TermChange, locked: Mapping[int, Term]) -> str:
    instead = change.details.get("instead")
    others = [locked[instead]] if instead else []
    if term in others:
        raise ChangeError(_("Vælg et andet ord end det, der går ud af brug."))
    plan = dict.fromkeys(_lock_carriers(term), others)
    if not others:
        refuse_without(term)
    _exchange_and_publish(term, plan, others, change)
    term.retired_on = timezone.localdate()
    term.save()
    return _("“%(name)s” er taget ud af brug. Virksomheder, der havde det: %(count)s.") % {
        "name": term.name_da,
        "count": len(plan),
    }


def left_without(term: Term) -> list[str]:
    """The names of those that need a branch, and have no other: the public sees them, or may soon."""
    if not isinstance(term, Sector):
        return []
    public = term_carriers.carriers(term).filter(kind=Kind.ENTERPRISE).exclude(current=None)
    known, left = taxonomies.words(), []
    for enterprise in public.select_related("current").prefetch_related("sector_ranks"):
        assert enterprise.current is not None  # noqa: S101
        told = taxonomies.as_now(enterprise.current.snapshot, known).get("sectors", [])
        here = {row.sector_id for row in enterprise.sector_ranks.all()}
        if here == {term.pk} or {one["slug"] for one in told} == {term.slug}:
            left.append(enterprise.name)
    return left


def refuse_without(term: Term) -> None:
    if names := left_without(term):
        text = _("De her har ingen anden branche, og en udgivet virksomhed skal have en: %(names)s.")
        raise ChangeError(text % {"names": term_carriers.listed(names)})


def _exchange_and_publish(term: Term, plan: Plan, others_get: list[Term] | None, change: TermChange) -> None:
    known = taxonomies.words()
    wanted = term_carriers.snapshots_with(term, plan, known)
    term_carriers.refuse_crowded(
        [e.pk for e, told in wanted if len(told.get("sectors", ())) > term_carriers.MOST_SECTORS]
    )
    term_carriers.exchange(term, plan)
    term_carriers.exchange_in_drafts(term, plan, others_get)
    publishing.publish_sorted(wanted, by=change.asked_by, reason=change.reason)


def _revive(term: Term, change: TermChange, _locked: Mapping[int, Term]) -> str:
    term.retired_on = None
    term.save()
    return _("“%(name)s” er taget i brug igen. Ingen har fået det tilbage.") % {"name": term.name_da}


DOING: dict[TermChangeKind, Callable[[Term, TermChange, Mapping[int, Term]], str]] = {
    TermChangeKind.RENAME: _rename,
    TermChangeKind.MERGE: _merge,
    TermChangeKind.SPLIT: _split,
    TermChangeKind.RETIRE: _retire,
    TermChangeKind.REVIVE: _revive,
}
