"""What the public reads: one row per published enterprise, derived from its current publication."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models, router
from django.db.models import F, Q
from django.urls import reverse

from enterprises import choices
from enterprises.models import Enterprise, Publication

# A change of more listings than this is told as a change of everything.
MOST_LISTED = 1_000


class ListingQuerySet(models.QuerySet["Listing"]):
    def having(self, facet: str, values: Iterable[str]) -> ListingQuerySet:
        """Those with any of the values in one facet."""
        return self.filter(facets__overlap=[f"{facet}:{value}" for value in values])

    def holding(self, phrases: Iterable[str]) -> ListingQuerySet:
        """Those in whose text every phrase (folded words) stands word for word."""
        found = self
        for phrase in phrases:
            found = found.filter(search_text__contains=f" {phrase} ")
        return found

    def holding_any(self, phrases: Iterable[str]) -> ListingQuerySet:
        """Those in whose text at least one of the phrases stands."""
        return self.filter(
            reduce(or_, (Q(search_text__contains=f" {phrase} ") for phrase in phrases), Q(pk=None))
        )

    def for_cards(self, ids: Iterable[int]) -> list[Listing]:
        """The rows of one page of cards, in the order of the ids. One query."""
        wanted = list(ids)
        rows = {row.pk: row for row in self.defer("words", "search_text", "facets").filter(pk__in=wanted)}
        return [rows[pk] for pk in wanted if pk in rows]

    def for_profile(self) -> ListingQuerySet:
        return self.select_related("publication").defer("words", "search_text", "facets")


class Listing(models.Model):
    """A row to search, filter, map and draw cards from. Rebuildable at any time: see listings.py."""

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, primary_key=True, related_name="listing")
    publication = models.OneToOneField(Publication, models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=70, unique=True)
    kind = models.CharField(max_length=12, choices=choices.Kind)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=240, db_collation="C")
    # What a card shows, as listings.card() shapes it.
    card = models.JSONField()
    # "facet:value" for each value the enterprise has, for example "sector:it-data".
    facets = ArrayField(models.CharField(max_length=80))
    # Latitude and longitude of each public place, one after the other.
    points = ArrayField(models.FloatField(), default=list)
    # How much a profile tells: how many of listings.TELLING it has.
    completeness = models.PositiveSmallIntegerField(default=0)
    # The words to search, one string for each of search.index.FIELDS.
    words = ArrayField(models.TextField())
    # All that is written, as folded words in order: for phrases, and for SQL.
    search_text = models.TextField()
    employees = models.PositiveIntegerField(null=True)
    special_terms = models.PositiveIntegerField(null=True)
    owner_members = models.PositiveIntegerField(null=True)
    volunteers = models.PositiveIntegerField(null=True)
    # The last day on which all five criteria are confirmed. See evidence.py.
    verified_until = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    # It was asked whether its facts still hold, and did not answer.
    unanswered = models.BooleanField(default=False)
    first_published_at = models.DateTimeField()
    published_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "pk")
        indexes = (models.Index(fields=["sort_key", "enterprise"], name="listing_by_name"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.slug])


class CatalogueState(models.Model):
    """One row: the catalogue's generation, which grows with everything that changes what readers see."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    generation = models.PositiveBigIntegerField(default=1)
    # The listings.SHAPE the rows were made in.
    shape = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="catalogue_has_one_state"),)

    def __str__(self) -> str:
        return str(self.generation)

    @classmethod
    def present(cls) -> int:
        # Asked at every request, so by the shortest way.
        with connections[router.db_for_read(cls)].cursor() as cursor:
            cursor.execute(f"SELECT generation FROM {cls._meta.db_table} WHERE id = 1")  # noqa: S608
            found = cursor.fetchone()
        if found is None:
            raise cls.DoesNotExist
        return int(found[0])


class CatalogueChange(models.Model):
    """What each generation changed, so that a process takes in the difference and not the whole catalogue."""

    class Part(models.TextChoices):
        LISTING = "listing"
        TERMS = "terms"
        EVERYTHING = "everything"

    generation = models.PositiveBigIntegerField(db_index=True)
    part = models.CharField(max_length=10, choices=Part)
    # The enterprise whose listing came, changed or went. No foreign key: it may be gone for good.
    enterprise_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.generation}: {self.part} {self.enterprise_id or ''}".strip()

    @classmethod
    def note(cls, part: Part, enterprises: Iterable[int] = ()) -> None:
        """Tell every process, once the present transaction commits, that readers see something new.

        The update locks the state's row, so generations are committed in the order they are counted in.
        """
        CatalogueState.objects.filter(pk=1).update(generation=F("generation") + 1)
        generation = CatalogueState.present()
        named = list(enterprises)
        if part == cls.Part.LISTING and len(named) > MOST_LISTED:
            part = cls.Part.EVERYTHING
        if part == cls.Part.EVERYTHING:
            cls.objects.all().delete()
        keys = named if part == cls.Part.LISTING else [None]
        CatalogueChange.objects.bulk_create(
            [CatalogueChange(generation=generation, part=part, enterprise_id=pk) for pk in keys]
        )

    @classmethod
    def since(cls, generation: int) -> tuple[set[str], set[int]]:
        """The parts changed after a generation, and which listings."""
        rows = cls.objects.filter(generation__gt=generation).values_list("part", "enterprise_id")
        found = list(rows)
        return {part for part, _pk in found}, {pk for _part, pk in found if pk is not None}


class ApiUse(models.Model):
    """How much somebody has asked of the open data in a minute; see api/limits.py.

    Its table is unlogged: a count costs no write to the disk, and a crash forgets them all.
    """

    minute = models.BigIntegerField()
    # made from an address, and shared by thousands of them
    who = models.IntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("minute", "who"), name="api_use_counted_in_one_row"),)

    def __str__(self) -> str:
        return f"{self.minute}: {self.count}"


class Dump(models.Model):
    """All open data of a night as one file, whose parts lie in the picture store; see dumps.py.

    The row is written when all parts are there, so who finds it finds the whole file.
    """

    made_at = models.DateTimeField(db_index=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    parts = models.PositiveIntegerField()
    enterprises = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d} {self.sha256[:8]}"

    @classmethod
    def latest(cls) -> Dump | None:
        return cls.objects.order_by("-made_at").first()


class PendingPing(models.Model):
    """A profile that search engines are to be told of; see index_now.py. No foreign key: it may be gone."""

    slug = models.CharField(max_length=70)
    noted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
