"""What a snapshot holds, that its schema says so, and that the oldest of them can still be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, ValidationError

from directory import listings
from directory.models import Listing
from enterprises import choices, snapshots
from enterprises.models import (
    BuyerFacts,
    District,
    Enterprise,
    HoursException,
    Link,
    MarkOf,
    Opening,
    Photo,
    Publication,
)
from enterprises.models.enterprise import FIGURES
from tests.builders import ADDRESS, a_place, an_enterprise

SCHEMAS = Path(snapshots.__file__).parent / "schemas"
SAMPLES = sorted(Path(__file__).with_name("snapshots").glob("publication-*.json"))


def schema(version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"publication-{version}.json").read_text(encoding="utf-8"))
    return found


def validate(snapshot: dict[str, Any], version: int = snapshots.SCHEMA_VERSION) -> None:
    Draft202012Validator(schema(version), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        snapshot
    )


def version_of(sample: Path) -> int:
    return int(sample.stem.split("-")[1])


def read(sample: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample.read_text(encoding="utf-8"))
    return found


def listed(snapshot: dict[str, Any], version: int) -> Enterprise:
    """An enterprise that was published with this snapshot, once upon a time."""
    enterprise = Enterprise.objects.create(
        name=snapshot["name"], slug=snapshot["slug"], kind=snapshot["kind"], is_demo=snapshot["demo"]
    )
    enterprise.current = Publication.objects.create(
        enterprise=enterprise,
        number=1,
        schema_version=version,
        snapshot=snapshot,
        change=choices.Change.PUBLISHED,
        published_at=timezone.now(),
    )
    enterprise.save()
    listings.rebuild()
    return enterprise


def profile(client: Client, enterprise: Enterprise) -> str:
    response = client.get(reverse("profile", args=[enterprise.slug]))
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def everything(db: None) -> Enterprise:
    """A working copy in which every field that a snapshot can hold has content."""
    enterprise = an_enterprise(
        sectors=("mad-catering", "undervisning", "butik-genbrug"),
        cvr="25063864",
        aliases=["Brødbroerne"],
        impact_da="Unge får job.",
        impact_en="Young people get jobs.",
        founded=2012,
        **dict.fromkeys(FIGURES, 3),
        **{f"{figure}_year": 2025 for figure in FIGURES},
        contact_name="Ida",
        rsv_registered=True,
        rsv_read_on=date(2026, 1, 2),
        source="Årsrapport",
        source_urls=["https://broed.example/aarsrapport"],
        source_checked_on=date(2026, 1, 3),
    )
    Link.objects.create(enterprise=enterprise, kind="webshop", url="https://butik.example", label="Butikken")
    place = enterprise.places.get()
    place.label_da, place.label_en = "Bageriet", "The bakery"
    place.accessibility_da, place.accessibility_en = "To trin.", "Two steps."
    place.save()
    christmas = {"first_day": date(2026, 12, 24), "last_day": date(2026, 12, 26), "note_da": "Jul"}
    HoursException.objects.create(place=place, **christmas, note_en="Christmas")
    HoursException.objects.create(
        place=place,
        first_day=date(2026, 12, 31),
        last_day=date(2026, 12, 31),
        opens=time(0),
        closes=time(11, 30),
    )
    a_place(enterprise, hidden=True, street="Hemmelig Allé 1")
    enterprise.offers.update(
        name_en="Lunch", text_da="Godt.", text_en="Good.", cpv=["55520000"], delivery_da="N", delivery_en="N"
    )
    facts = BuyerFacts.objects.create(
        enterprise=enterprise,
        e_invoice=False,
        capacity_da="120",
        capacity_en="120",
        insurance_da="Ja",
        insurance_en="Yes",
        collective_agreement=True,
        consortium=True,
        reserved_declared_on=date(2026, 2, 1),
        requests_unwanted=True,
    )
    facts.delivers_to.set(District.objects.filter(slug__in=["valby", "vanloese"]))
    Opening.objects.create(
        enterprise=enterprise,
        kind="job",
        title_da="Bager",
        title_en="Baker",
        text_da="Nat.",
        text_en="Nights.",
        count=2,
        apply_by=date(2026, 12, 1),
        url="https://broed.example/job",
    )
    Photo.objects.create(
        enterprise=enterprise,
        kind="photo",
        alt_da="Ovnen",
        alt_en="The oven",
        credit="Ida",
        digest="0123456789abcdef" * 2,
        width=1200,
        height=800,
        widths=[480, 960, 1200],
    )
    enterprise.evidence.update(
        wording_en="The statutes say so.", source_url="https://broed.example/v", dated=date(2020, 1, 1)
    )
    MarkOf.objects.create(
        enterprise=enterprise,
        mark_id="kooperationen",
        number="K-1",
        source_url="https://mark.example",
        checked_on=date(2026, 1, 1),
        expires_on=date(2027, 1, 1),
    )
    return Enterprise.objects.get(pk=enterprise.pk)


# -- the schema -----------------------------------------------------------------------------------


def objects_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object inside a schema."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for value in part.values():
            yield from objects_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects_in(value)


@pytest.mark.parametrize("version", range(1, snapshots.SCHEMA_VERSION + 1))
def test_every_version_has_a_closed_schema_of_its_own(version: int) -> None:
    found = schema(version)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:den-faelles-by:publication:{version}"
    assert all(part["additionalProperties"] is False for part in objects_in(found))
    assert any(version_of(sample) == version for sample in SAMPLES)


def test_every_older_version_can_be_upgraded() -> None:
    assert sorted(snapshots.UPGRADES) == list(range(1, snapshots.SCHEMA_VERSION))


def test_schema_knows_the_domains_closed_lists() -> None:
    fields = schema(snapshots.SCHEMA_VERSION)["properties"]
    assert fields["kind"]["enum"] == choices.Kind.values
    assert fields["links"]["items"]["properties"]["kind"]["enum"] == choices.LinkKind.values
    assert fields["offers"]["items"]["properties"]["audiences"]["items"]["enum"] == choices.Audience.values
    assert fields["openings"]["items"]["properties"]["kind"]["enum"] == choices.OpeningKind.values
    assert fields["evidence"]["items"]["properties"]["criterion"]["enum"] == choices.Criterion.values
    assert fields["evidence"]["items"]["properties"]["proof"]["enum"] == choices.Proof.values
    assert fields["photos"]["items"]["properties"]["kind"]["enum"] == choices.PhotoKind.values
    assert sorted(fields["figures"]["properties"]) == sorted(FIGURES)


def keys_of(part: Any, root: dict[str, Any]) -> Any:
    """The names a schema, or a snapshot, gives its fields, as nested dictionaries."""
    if "$ref" in part:
        return keys_of(root["$defs"][part["$ref"].rpartition("/")[2]], root)
    if "items" in part:
        return keys_of(part["items"], root)
    return {name: keys_of(field, root) for name, field in part.get("properties", {}).items()}


def keys_used(value: Any) -> Any:
    if isinstance(value, list):
        merged: dict[str, Any] = {}
        for item in value:
            found = keys_used(item)
            merged = {key: {**merged.get(key, {}), **found.get(key, {})} for key in [*merged, *found]}
        return merged
    return {key: keys_used(field) for key, field in value.items()} if isinstance(value, dict) else {}


def test_a_full_snapshot_uses_every_field_of_the_schema_and_no_other(everything: Enterprise) -> None:
    snapshot = snapshots.take(everything)
    validate(snapshot)
    root = schema(snapshots.SCHEMA_VERSION)
    assert keys_used(snapshot) == keys_of(root, root)


def test_the_shortest_profile_fits_the_schema(db: None) -> None:
    bare = {"tagline_da": "Råd", "description_da": "Råd til andre.", "kind": choices.Kind.ORGANISATION}
    nothing: dict[str, Any] = {"sectors": (), "missions": (), "offers": (), "criteria": (), "district": None}
    empty = dict.fromkeys(("phone", "email", "website", "tagline_en", "description_en"), "")
    enterprise = an_enterprise(ownership=None, legal_form=None, **bare, **nothing, **empty)
    snapshot = snapshots.take(enterprise)
    validate(snapshot)
    assert sorted(snapshot) == ["demo", "description", "kind", "name", "slug", "tagline"]


def test_schema_refuses_an_address_of_a_hidden_place() -> None:
    snapshot = read(next(sample for sample in SAMPLES if sample.stem == "publication-1-full"))
    snapshot["places"][1]["street"] = "Hemmelig Allé 1"
    with pytest.raises(ValidationError):
        validate(snapshot, 1)


# -- what is kept back ----------------------------------------------------------------------------


def test_hidden_address_is_not_in_the_snapshot(db: None) -> None:
    snapshot = snapshots.take(an_enterprise(hidden=True))
    (place,) = snapshot["places"]
    assert place["hidden"]
    assert place["district"]["slug"] == "noerrebro"
    assert not set(ADDRESS) & set(place)
    assert str(ADDRESS["street"]) not in json.dumps(snapshot, ensure_ascii=False)


def test_internal_notes_and_import_traces_are_not_in_the_snapshot(db: None) -> None:
    enterprise = an_enterprise(notes="Ring ikke til Svend", imported_from="hemmelig.csv, række 2")
    text = json.dumps(snapshots.take(enterprise), ensure_ascii=False)
    assert "Svend" not in text
    assert "hemmelig.csv" not in text


def test_no_and_zero_are_answers(db: None) -> None:
    enterprise = an_enterprise(volunteers=0, volunteers_year=2025, hours=[(0, "00:00", "00:00")])
    BuyerFacts.objects.create(enterprise=enterprise, e_invoice=False)
    snapshot = snapshots.take(enterprise)
    assert snapshot["figures"]["volunteers"] == {"value": 0, "year": 2025}
    assert snapshot["buyer"] == {"e_invoice": False, "city_wide": False}
    assert snapshot["places"][0]["hours"] == [{"day": 0, "opens": "00:00", "closes": "00:00"}]


def test_putting_back_undoes_every_change(everything: Enterprise) -> None:
    before = snapshots.take(everything)
    Enterprise.objects.filter(pk=everything.pk).update(name="Noget andet", founded=None, aliases=[])
    for relation in ("sector_ranks", "links", "places", "offers", "openings", "evidence", "marks", "photos"):
        getattr(everything, relation).all().delete()
    BuyerFacts.objects.all().delete()
    everything.missions.clear()
    snapshots.put_back(before, everything)
    assert snapshots.take(Enterprise.objects.get(pk=everything.pk)) == before


# -- samples, kept for ever -----------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_sample_fits_its_schema_and_upgrades_to_the_present_one(sample: Path) -> None:
    validate(read(sample), version_of(sample))
    validate(snapshots.upgrade(read(sample), version_of(sample)))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_sample_renders(db: None, client: Client, sample: Path) -> None:
    snapshot = read(sample)
    page = profile(client, listed(snapshot, version_of(sample)))
    assert snapshot["name"].replace("&", "&amp;") in page
    assert snapshot["tagline"]["da"] in page


def test_older_version_renders_as_the_present_one(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upgraded(snapshot: dict[str, Any]) -> dict[str, Any]:
        return snapshot | {"tagline": {"da": snapshot["slogan"]}}

    present = snapshots.SCHEMA_VERSION
    monkeypatch.setattr(snapshots, "SCHEMA_VERSION", present + 1)
    monkeypatch.setattr(snapshots, "UPGRADES", {present: upgraded})
    old = read(SAMPLES[0])
    del old["tagline"]
    enterprise = listed(old | {"slogan": "Sådan sagde vi dengang"}, present)
    assert "Sådan sagde vi dengang" in profile(client, enterprise)
    assert Listing.objects.get(pk=enterprise.pk).card["tagline"] == {"da": "Sådan sagde vi dengang"}
