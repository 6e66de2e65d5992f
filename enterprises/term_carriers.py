"""Which enterprises have a word of the taxonomies, and how they get others in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from enterprises import snapshots, taxonomies
from enterprises.choices import Section
from enterprises.models import Draft, Enterprise, MarkOf, SectorOf, Term
from enterprises.snapshots import Snapshot

MOST_SECTORS = 3
MOST_NAMED = 20
KEYS: dict[type[Term], str] = {model: key for key, model in taxonomies.HELD.items()}
_WORKING = {
    "sectors": "sector_ranks__sector",
    "missions": "missions",
    "marks": "marks__mark",
    "ownership": "ownership",
    "legal_form": "legal_form",
}
# The form in which editors choose it, and what its fields are called there.
_TYPED = {
    "sectors": (Section.WHO, ("sector_1", "sector_2", "sector_3")),
    "missions": (Section.WHO, ("missions",)),
    "ownership": (Section.OWNERSHIP, ("ownership",)),
    "legal_form": (Section.OWNERSHIP, ("legal_form",)),
}


class ChangeError(Exception):
    """Nothing was changed; `problems` are sentences for the person who asked."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


# {enterprise: what it gets in the word's place, itself where it stays}
Plan = Mapping[int, Sequence[Term]]


def key_of(term: Term) -> str:
    return KEYS[type(term)]


def working(term: Term) -> QuerySet[Enterprise]:
    """Those whose working copies have it."""
    return Enterprise.objects.filter(**{_WORKING[key_of(term)]: term})


def shown(term: Term) -> QuerySet[Enterprise]:
    """Those the public sees with it, under whichever of its slugs."""
    return Enterprise.objects.filter(_is_shown(term))


def _is_shown(term: Term) -> Q:
    key = key_of(term)
    model: Any = type(term)
    slugs = [term.slug, *model.everything.filter(successor=term).values_list("slug", flat=True)]
    if key in taxonomies.MANY:
        held = [Q(**{f"current__snapshot__{key}__contains": [{"slug": slug}]}) for slug in slugs]
        return reduce(or_, held)
    return Q(**{f"current__snapshot__{key}__slug__in": slugs})


def carriers(term: Term) -> QuerySet[Enterprise]:
    """Those that have it in their working copies or are shown with it, by name."""
    mine = working(term).order_by().values("pk")
    return Enterprise.objects.filter(Q(pk__in=mine) | _is_shown(term)).order_by("name", "pk")


# -- exchanging -----------------------------------------------------------------------------------


def exchanged(stated: Sequence[Any], term: Any, others: Sequence[Any]) -> list[Any]:
    """A list with a word replaced by others, each once."""
    found = (new for one in stated for new in (others if one == term else [one]))
    return list(dict.fromkeys(found))


def exchange(term: Term, plan: Plan) -> None:
    """Give working copies other words in the place of one. Whoever calls it has locked the enterprises."""
    key = key_of(term)
    if key == "sectors":
        _exchange_sectors(term, plan)
    elif key == "missions":
        _exchange_missions(term, plan)
    elif key == "marks":
        _exchange_marks(term, plan)
    else:
        for heir, enterprises in _by_heir(term, plan).items():
            Enterprise.objects.filter(pk__in=enterprises, **{key: term}).update(**{key: heir})


def _by_heir(term: Term, plan: Plan) -> dict[Term | None, list[int]]:
    """Of words one has only one of: who gets which. Those who keep it are left out."""
    found: dict[Term | None, list[int]] = defaultdict(list)
    for enterprise, others in plan.items():
        if term not in others:
            found[next(iter(others), None)].append(enterprise)
    return found


def _exchange_sectors(term: Term, plan: Plan) -> None:
    before: dict[int, list[int]] = defaultdict(list)
    rows = SectorOf.objects.filter(enterprise__in=list(plan)).order_by("enterprise", "rank")
    for enterprise, sector in rows.values_list("enterprise", "sector"):
        before[enterprise].append(sector)
    after = {
        pk: exchanged(sectors, term.pk, [other.pk for other in plan[pk]]) for pk, sectors in before.items()
    }
    changed = [pk for pk, sectors in after.items() if sectors != before[pk]]
    refuse_crowded([pk for pk in changed if len(after[pk]) > MOST_SECTORS])
    SectorOf.objects.filter(enterprise__in=changed).delete()
    SectorOf.objects.bulk_create(
        SectorOf(enterprise_id=pk, sector_id=sector, rank=rank)
        for pk in changed
        for rank, sector in enumerate(after[pk], 1)
    )


def refuse_crowded(enterprises: Collection[int]) -> None:
    if enterprises:
        names = Enterprise.objects.filter(pk__in=enterprises).values_list("name", flat=True)
        text = _("Ingen kan have mere end tre brancher. Flyt i stedet for at give begge: %(names)s.")
        raise ChangeError(text % {"names": listed(names)})


def listed(names: Iterable[str]) -> str:
    """The first of many names."""
    told = list(names)
    more = len(told) - MOST_NAMED
    rest = _(" og %(count)s til") % {"count": more} if more > 0 else ""
    return ", ".join(told[:MOST_NAMED]) + rest


def _exchange_missions(term: Any, plan: Plan) -> None:
    through = Enterprise.missions.through
    held = through.objects.filter(mission=term, enterprise__in=list(plan))
    holders = set(held.values_list("enterprise", flat=True))
    gone = [pk for pk in holders if term not in plan[pk]]
    held.filter(enterprise__in=gone).delete()
    through.objects.bulk_create(
        [
            through(enterprise_id=pk, mission_id=other.pk)
            for pk in holders
            for other in plan[pk]
            if other != term
        ],
        ignore_conflicts=True,
    )


def _exchange_marks(term: Term, plan: Plan) -> None:
    """A mark has a number and a day of its own, which stay; of two that become one the first stays."""
    for heir, enterprises in _by_heir(term, plan).items():
        held = MarkOf.objects.filter(mark_id=term.slug, enterprise__in=enterprises)
        if heir is None:
            held.delete()
            continue
        already = MarkOf.objects.filter(mark_id=heir.slug).values("enterprise")
        held.filter(enterprise__in=already).delete()
        held.update(mark=heir.slug)


def rename_marks(old: str, new: str) -> None:
    """Those who have a mark know it by its slug."""
    MarkOf.objects.filter(mark_id=old).update(mark=new)


def exchange_in_drafts(term: Term, plan: Plan, others_get: Sequence[Term] | None) -> None:
    """The same for what people have typed and not saved; they may have chosen it for whom has it not yet."""
    if key_of(term) not in _TYPED:
        return
    section, names = _TYPED[key_of(term)]
    for draft in Draft.objects.filter(section=section, data__contains=f"={term.pk}"):
        others = plan.get(draft.enterprise_id, others_get)
        if others is None or term in others:
            continue
        typed = QueryDict(draft.data, mutable=True)
        for name in names:
            if name in typed:
                keys = [str(other.pk) for other in others]
                typed.setlist(name, exchanged(typed.getlist(name), str(term.pk), keys))
        Draft.objects.filter(pk=draft.pk).update(data=typed.urlencode())


# -- what the public sees -------------------------------------------------------------------------


def snapshots_with(term: Term, plan: Plan, known: taxonomies.Words) -> list[tuple[Enterprise, Snapshot]]:
    """What those shown with the word are to be shown as, with others in its place."""
    key = key_of(term)
    found = []
    rows = Enterprise.objects.filter(pk__in=list(plan)).exclude(current=None).select_related("current")
    for enterprise in rows.order_by("pk"):
        publication = enterprise.current
        assert publication is not None  # noqa: S101
        now = taxonomies.as_now(snapshots.upgrade(publication.snapshot, publication.schema_version), known)
        if (key, term.slug) not in taxonomies.slugs(now):
            continue
        others = [_stated(other) for other in plan[enterprise.pk]]
        wanted = _with(now, key, term.slug, others)
        if not snapshots.same(now, wanted):
            found.append((enterprise, wanted))
    return found


def _stated(term: Term) -> dict[str, str]:
    return {"slug": term.slug, "da": term.name_da, "en": term.name_en}


def _with(snapshot: Snapshot, key: str, slug: str, others: list[dict[str, str]]) -> Snapshot:
    result = dict(snapshot)
    stated = result.pop(key)
    if key not in taxonomies.MANY:
        return result | ({key: others[0]} if others else {})
    told: dict[str, dict[str, Any]] = {}
    for one in stated:
        for new in [one | other for other in others] if one["slug"] == slug else [one]:
            told.setdefault(new["slug"], new)
    return result | ({key: list(told.values())} if told else {})
