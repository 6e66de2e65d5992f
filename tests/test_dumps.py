"""The nightly file of everything: whole or not at all, however often and by whomever it is made."""

from __future__ import annotations

import csv
import hashlib
import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import geojson
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from directory import dumps
from directory.api import archive, streams
from directory.models import Dump
from enterprises import publishing, tasks
from enterprises.content import loading
from enterprises.models import Enterprise
from enterprises.photos.store import Folder, store_at
from tests.bucket import a_bucket
from tests.builders import an_enterprise, published

pytestmark = pytest.mark.django_db

ADDRESS = "/aabne-data/den-faelles-by.zip"


@pytest.fixture(autouse=True)
def uncounted(settings: Any) -> None:
    settings.API_PER_MINUTE = 0


def made() -> Dump:
    dump = dumps.keep()
    assert dump is not None
    return dump


def opened(client: Client) -> ZipFile:
    return ZipFile(BytesIO(client.get(ADDRESS).getvalue()))


def records(whole: ZipFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in whole.read("enterprises.ndjson").splitlines()]


def test_it_holds_all_that_the_addresses_tell(
    visitor: Client, city: list[Enterprise], pictures: Folder
) -> None:
    assert made().enterprises == len(city)
    whole = opened(visitor)
    assert whole.testzip() is None
    for name in ("enterprises.csv", "enterprises.ndjson", "enterprises.jsonld"):
        assert whole.read(name) == visitor.get(f"/api/v1/{name}?sort=name").getvalue()
    assert whole.read("places.geojson") == visitor.get("/api/v1/places?sort=name").getvalue()
    assert whole.read("taxonomies.ttl") == visitor.get("/api/v1/taxonomies.ttl").getvalue()
    told = visitor.get("/api/v1/taxonomies").json()
    assert json.loads(whole.read("taxonomies.json")) == {
        facet: told[facet] for facet in told if facet not in ("licence", "attribution")
    }
    assert geojson.loads(whole.read("places.geojson")).is_valid
    rows = list(csv.DictReader(StringIO(whole.read("enterprises.csv").decode())))
    assert len(rows) == len(records(whole)) == len(city)


def test_it_says_what_it_is_in_both_languages(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    made()
    whole = opened(visitor)
    words = whole.read("README.txt").decode()
    for said in ("ÅBNE DATA", "OPEN DATA", "CC BY 4.0", "Den fælles by, http://testserver"):
        assert said in words
    assert set(whole.namelist()) - {"README.txt"} <= {
        *(resource["path"] for resource in package(whole)["resources"]), "datapackage.json"
    }  # fmt: skip
    for name in whole.namelist():
        assert name in words or name == "README.txt"


def package(whole: ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(whole.read("datapackage.json"))
    return found


def test_every_files_checksum_is_true(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    made()
    whole = opened(visitor)
    told = package(whole)
    Draft202012Validator(PACKAGE).validate(told)
    for resource in told["resources"]:
        content = whole.read(resource["path"])
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


# What the Data Package standard makes mandatory, and the patterns it sets.
PACKAGE = {
    "required": ["name", "resources", "licenses"],
    "properties": {
        "name": {"pattern": "^[-a-z0-9._/]+$"},
        "licenses": {"minItems": 1, "items": {"required": ["name", "path"]}},
        "resources": {
            "minItems": 1,
            "items": {
                "required": ["name", "path"],
                "properties": {
                    "name": {"pattern": "^[-a-z0-9._/]+$"},
                    "path": {"pattern": r"^(?!/)(?!.*\.\.)"},
                },
            },
        },
    },
}


def test_what_nobody_may_see_is_not_in_it(visitor: Client, pictures: Folder) -> None:
    published("Sky", phone="12345678", email="sky@x.example", contact_name="Anna Anonym", hidden=True)
    an_enterprise("Kladden")
    publishing.withdraw(published("Lukket"), reason="Lukket")
    made()
    whole = opened(visitor)
    assert [record["slug"] for record in records(whole)] == ["sky"]
    for name in whole.namelist():
        content = whole.read(name).decode()
        for secret in ("12345678", "sky@x.example", "Anna Anonym", "Blågårdsgade", "Kladden", "Lukket"):
            assert secret not in content, name


def test_the_answer_says_what_it_is(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    dump = made()
    answer = visitor.get(ADDRESS, headers={"accept-encoding": "gzip, br"})
    content = answer.getvalue()
    assert answer.headers["Content-Length"] == str(len(content)) == str(dump.size)
    assert hashlib.sha256(content).hexdigest() == dump.sha256
    assert "Content-Encoding" not in answer.headers and answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert visitor.get(f"{ADDRESS}.sha256").content.decode() == f"{dump.sha256}  den-faelles-by.zip\n"
    again = visitor.get(ADDRESS, headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
    head = visitor.head(ADDRESS)
    assert (head.headers["Content-Length"], head.getvalue()) == (str(dump.size), b"")


@pytest.mark.parametrize(
    ("language", "words"), [("", "Det hele i én fil"), ("/en", "Everything in one file")]
)
def test_the_page_shows_it_with_size_and_checksum(
    visitor: Client, bakery: Enterprise, pictures: Folder, language: str, words: str
) -> None:
    page = f"{language}/{'open-data' if language else 'aabne-data'}/"
    assert words not in visitor.get(page).page.one("main").text  # type: ignore[attr-defined]
    dump = made()
    main = visitor.get(page).page.one("main")  # type: ignore[attr-defined]
    assert words in main.text and dump.sha256 in main.text
    assert main.one("a", href=ADDRESS)


# -- when things go wrong -------------------------------------------------------------------------


def test_before_the_first_night_it_says_so(visitor: Client, bakery: Enterprise) -> None:
    for path in (ADDRESS, f"{ADDRESS}.sha256"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_one_that_is_killed_leaves_the_last_file_as_it_was(
    visitor: Client, bakery: Enterprise, pictures: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "PART", 1_000)
    first = made()
    before = visitor.get(ADDRESS).getvalue()
    written: list[str] = []

    class KilledError(Exception):
        pass

    def write(name: str, content: bytes) -> None:
        if len(written) == 3:
            raise KilledError
        written.append(name)
        Folder.write(pictures, name, content)

    published("Ny")
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "write", write)
        with pytest.raises(KilledError):
            dumps.keep()
    assert visitor.get(ADDRESS).getvalue() == before
    assert Dump.latest() == first
    # Done again from its beginning, it finishes and clears up what was left.
    assert len(pictures.names("dumps")) == first.parts + len(written)
    published("Nyere")
    second = made()
    assert len(pictures.names("dumps")) == first.parts + second.parts


def test_only_the_last_two_are_kept(
    visitor: Client, bakery: Enterprise, pictures: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "PART", 1_000)
    begun = made()
    parts = dumps.content(begun)
    head = next(parts)
    published("Ny")
    latest = made()
    # Who had begun to read goes on in what they began.
    assert hashlib.sha256(head + b"".join(parts)).hexdigest() == begun.sha256
    published("Nyere")
    last = made()
    assert set(Dump.objects.all()) == {latest, last}
    assert {name.split("/")[1][:64] for name in pictures.names("dumps")} == {latest.sha256, last.sha256}


def test_made_twice_at_a_time_it_is_made_once(
    bakery: Enterprise, pictures: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [dumps.LOCK])
            call_command("export_open_data")
            assert "just now" in capsys.readouterr().out and not Dump.objects.exists()
            cursor.execute("SELECT pg_advisory_unlock(%s)", [dumps.LOCK])
    finally:
        other.close()
    call_command("export_open_data")
    assert Dump.objects.count() == 1


def test_a_store_that_is_silent_is_said_before_anything_is_promised(
    visitor: Client, bakery: Enterprise, settings: Any
) -> None:
    with a_bucket() as kept:
        settings.PICTURES = store_at(kept.url, demo=True)
        made()
        kept.answer = 503
        answer = visitor.get(ADDRESS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")


def test_a_bucket_keeps_it_too(
    visitor: Client, bakery: Enterprise, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "PART", 10_000)
    with a_bucket() as kept:
        settings.PICTURES = store_at(kept.url, demo=True)
        dump = made()
        assert dump.parts == len(kept.files) > 1
        assert hashlib.sha256(visitor.get(ADDRESS).getvalue()).hexdigest() == dump.sha256


# -- the command and the job ----------------------------------------------------------------------


def test_the_command_writes_it_into_a_folder(bakery: Enterprise, tmp_path: Path) -> None:
    for _time in range(2):
        call_command("export_open_data", to=tmp_path / "ny", verbosity=0)
        content = (tmp_path / "ny" / archive.NAME).read_bytes()
        digest, name = (tmp_path / "ny" / f"{archive.NAME}.sha256").read_text().split()
        assert (hashlib.sha256(content).hexdigest(), archive.NAME) == (digest, name)
        assert {file.name for file in (tmp_path / "ny").iterdir()} == {archive.NAME, f"{archive.NAME}.sha256"}
    assert not Dump.objects.exists()


def test_the_worker_makes_it_at_night(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    tasks.export_open_data(0)
    assert records(opened(visitor))[0]["slug"] == "broed-broer"


def test_it_is_made_in_pieces_with_few_queries(
    demo_records: list[loading.Record], pictures: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for the keys and one for each piece, whatever is made of them; nothing for each enterprise."""
    monkeypatch.setattr(streams, "CHUNK", 10)
    loading.write(demo_records[:40], demo=True)
    with CaptureQueriesContext(connection) as captured:
        made()
    reading = [query for query in captured if "directory_listing" in query["sql"]]
    assert len(reading) == 1 + 4 and len(captured) < 25


def test_made_twice_of_the_same_it_is_one_file(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    for _time in range(2):
        dump = made()
    assert hashlib.sha256(visitor.get(ADDRESS).getvalue()).hexdigest() == dump.sha256
    assert Dump.objects.count() <= dumps.KEPT
