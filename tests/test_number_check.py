"""A buyer's list of suppliers is answered and forgotten: who is here, on what grounds, and what could be."""

from __future__ import annotations

import csv
import logging
import tempfile
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from enterprises import merging, pairs, publishing, register
from enterprises.choices import Take
from enterprises.models import (
    DuplicatePair,
    Enterprise,
    MissedSearch,
    RegisterReading,
    Shortlist,
)
from enterprises.supplier_lists import reading
from tests.builders import a_user, an_enterprise, published
from tests.client import Element, PolicingClient
from tests.test_posts import digests
from tests.test_supplier_lists import next_valid, workbook

pytestmark = pytest.mark.django_db

OURS = {"HTTP_ORIGIN": "http://testserver"}
ALFA, BETA, GAMMA, DELTA = "13585628", "25313763", "61126228", "24256790"


@pytest.fixture
def buyer() -> Client:
    cache.clear()
    return PolicingClient(**OURS)


@pytest.fixture
def alfa(db: None) -> Enterprise:
    return published("Alfa Køkken", cvr=ALFA)


def ask(client: Client, text: str = "", **more: Any) -> Any:
    return client.post(reverse("number-check"), {"list": text, **more})


def page_of(client: Client, text: str, **more: Any) -> Element:
    answer = ask(client, text, **more)
    assert answer.status_code == 200
    return answer.page.one("main")  # type: ignore[no-any-return]


def part(page: Element, name: str) -> Element:
    return page.one("section", aria_labelledby=name)


def rows(page: Element, name: str) -> list[list[str]]:
    """The cells of a part's table, without its heading."""
    return [[cell.text for cell in row.all("th", "td")] for row in part(page, name).one("tbody").all("tr")]


def written(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


# -- who is here ----------------------------------------------------------------------------------


def test_who_is_in_the_directory_and_on_what_grounds(buyer: Client, alfa: Enterprise) -> None:
    publishing.confirm(alfa, on=date(2026, 5, 1))
    register.record_rsv(alfa, registered=True, read_on=date(2026, 4, 2))
    publishing.publish(alfa)
    published("Beta", cvr=BETA, criteria=["purpose", "trade"], sectors=["it-data"], district="valby")
    page = page_of(buyer, f"DK {ALFA}\n{BETA}\n{GAMMA}")
    assert page.one("h1").text == "2 af 3 leverandører er i kataloget"
    first, second = rows(page, "i-kataloget")
    assert first[0] == f"Alfa Køkken CVR {ALFA}"
    assert first[1].startswith("Grundlag bekræftet, senest kontrolleret ")
    assert "RSV i CVR, læst 2. april 2026" in first[1]
    assert first[2:] == ["Mad, kantine og catering", "Nørrebro"]
    assert second[1:] == ["2 af 5 kriterier bekræftet", "IT, web og data", "Valby"]
    assert part(page, "i-kataloget").all("a")[0].attrs["href"] == reverse("profile", args=["alfa-koekken"])
    assert GAMMA in part(page, "resten").text


def test_the_day_is_the_one_on_which_the_last_criterion_was_checked(buyer: Client) -> None:
    e = an_enterprise("Alfa", cvr=ALFA)
    for number, proof in enumerate(e.evidence.all()):
        proof.checked_on = date(2026, 1, 1 + number)
        proof.save()
    publishing.publish(e)
    ((_name, grounds, *_rest),) = rows(page_of(buyer, ALFA), "i-kataloget")
    assert grounds == "Grundlag bekræftet, senest kontrolleret 5. januar 2026"


def test_who_has_left_is_named(buyer: Client, alfa: Enterprise) -> None:
    publishing.withdraw(alfa, reason="Lukket")
    page = page_of(buyer, ALFA)
    assert page.one("h1").text == "0 af 1 leverandør er i kataloget"
    assert "Alfa Køkken" in part(page, "udgaaet").text and "Udgået af kataloget den" in page.text


def test_where_a_merged_one_went_is_told(buyer: Client) -> None:
    bakery, _twin = published("Brød & Broer"), published("Brød & Broer ApS", cvr=ALFA)
    pairs.find([bakery.pk])
    pair = DuplicatePair.objects.select_related("first", "second").get()
    keep = Take.FIRST if pair.first_id == bakery.pk else Take.SECOND
    both = merging.both(pair)
    merging.merge(pair, {}, keep=keep, by=a_user("k@example.dk"), having_seen=merging.seen(*both))
    page = page_of(buyer, ALFA)
    link = part(page, "udgaaet").one("a")
    assert "lagt sammen" in link.text
    assert buyer.get(link.attrs["href"])["Location"] == reverse("profile", args=["broed-broer"])


def test_no_draft_is_told_of(buyer: Client, alfa: Enterprise) -> None:
    """Neither who waits to be let in, nor a number that has been typed but not published."""
    waiting = an_enterprise("Hemmelig", cvr=BETA)
    RegisterReading.objects.create(
        enterprise=waiting, cvr=BETA, read_on=date(2026, 1, 1), found=True, branch_code="561100"
    )
    Enterprise.objects.filter(pk=alfa.pk).update(cvr=GAMMA)
    page = page_of(buyer, f"{ALFA}\n{BETA}\n{GAMMA}")
    assert [row[0] for row in rows(page, "i-kataloget")] == [f"Alfa Køkken CVR {ALFA}"]
    assert "Hemmelig" not in page.text and not page.all("section", aria_labelledby="kunne-koebes")
    assert [item.text for item in part(page, "resten").all("li")] == [f"CVR {BETA}", f"CVR {GAMMA}"]


def test_an_earlier_number_is_not_theirs_any_more(buyer: Client, alfa: Enterprise) -> None:
    alfa.cvr = BETA
    alfa.save()
    publishing.publish(alfa)
    page = page_of(buyer, f"{ALFA}\n{BETA}")
    assert page.one("h1").text == "1 af 2 leverandører er i kataloget"
    assert ALFA in part(page, "resten").text


def test_numbers_of_the_demo_city_are_found_though_their_check_digit_is_wrong(buyer: Client) -> None:
    published("Demohuset", cvr="12345678", is_demo=True)
    assert "Demohuset" in part(page_of(buyer, "12345678"), "i-kataloget").text


def test_what_cannot_be_looked_up_is_named_with_its_line(buyer: Client, alfa: Enterprise) -> None:
    page = page_of(buyer, f"{ALFA}\n12345678\n1003388394\n5798000420526\n010190-1234\n12")
    assert [item.text for item in part(page, "ulaeste").all("li")] == [
        "Linje 2 12345678: Ikke et CVR-nummer: kontrolcifferet passer ikke.",
        "Linje 3 1003388394: Et P-nummer. Find virksomhedens CVR-nummer, som har 8 cifre.",
        "Linje 4 5798000420526: Et EAN-nummer. Find virksomhedens CVR-nummer, som har 8 cifre.",
        "Linje 5: Ligner et CPR-nummer, så vi viser det ikke.",
        "Linje 6 12: Kan ikke læses som et CVR-nummer.",
    ]


# -- sums, and what could be bought ---------------------------------------------------------------

TABLE = (
    "CVR;Leverandør;Vare;Branchekode;Beløb\n"
    f"{ALFA};Alfa;;;600,00\n{BETA};Holding A;;56.21.00;300\n{GAMMA};Nordisk B;Rengøring af kontorer;;100\n"
)


def test_sums_and_shares_by_sector(buyer: Client, alfa: Enterprise) -> None:
    published("Kost & Klud", sectors=["rengoering-ejendom"])
    page = page_of(buyer, TABLE)
    told = page.one("p", class_="lede").text
    assert told == "I har købt for 600 kr. hos dem, ud af 1.000 kr. i alt. Det er 60 %."
    assert rows(page, "kunne-koebes") == [
        [f"Holding A CVR {BETA}", "Mad, kantine og catering (1)", "300 kr."],
        [f"Nordisk B Rengøring af kontorer CVR {GAMMA}", "Rengøring, vask og ejendomsservice (1)", "100 kr."],
    ]
    food, cleaning = rows(page, "brancher")
    assert food[1:] == ["1 leverandør 600 kr. (60 %)", "1 leverandør 300 kr. (30 %)", "1 virksomhed"]
    assert cleaning[1:] == ["– 0", "1 leverandør 100 kr. (10 %)", "1 virksomhed"]
    for link in part(page, "kunne-koebes").all("a"):
        found = buyer.get(link.attrs["href"]).page  # type: ignore[attr-defined]
        assert link.text.endswith(f"({found.one('p', class_='total').text.split()[0]})")


def test_without_sums_there_is_no_share(buyer: Client, alfa: Enterprise) -> None:
    page = page_of(buyer, ALFA)
    assert not page.all("p", class_="lede") and "kr." not in page.text and "%" not in page.text


def test_more_credit_than_debit_is_no_share(buyer: Client, alfa: Enterprise) -> None:
    page = page_of(buyer, f"CVR;Beløb\n{ALFA};100\n{BETA};-500")
    assert "100 kr. hos dem, ud af -400 kr. i alt." in page.text and "%" not in page.text


def test_what_was_read_as_what_is_told(buyer: Client, alfa: Enterprise) -> None:
    said = page_of(buyer, TABLE).one("p", class_="check-read").text
    assert "Beløb = “Beløb”" in said and "Navn = “Leverandør”" in said


def test_the_branch_of_who_left_is_known_from_cvr(buyer: Client, alfa: Enterprise) -> None:
    published("Kodegården", sectors=["it-data"])
    gone = published("Gamma", cvr=GAMMA)
    RegisterReading.objects.create(
        enterprise=gone, cvr=GAMMA, read_on=date(2026, 1, 1), found=True, branch_code="620100"
    )
    publishing.withdraw(gone, reason="Lukket")
    assert "Kunne måske købes her: IT, web og data (1)" in part(page_of(buyer, GAMMA), "udgaaet").text


@pytest.mark.parametrize("name", ["Novo Nordisk A/S", "Jensen Holding ApS", "Xylofon", '"-q"', "ApS og A/S"])
def test_a_name_that_tells_no_trade_suggests_nothing(buyer: Client, alfa: Enterprise, name: str) -> None:
    page = page_of(buyer, f"CVR\tNavn\n{BETA}\t{name.replace(chr(34), '')}")
    assert not page.all("section", aria_labelledby="kunne-koebes")


def test_a_sector_with_nobody_in_it_is_not_suggested(buyer: Client, alfa: Enterprise) -> None:
    page = page_of(buyer, f"CVR\tVare\n{BETA}\tRengøring")
    assert not page.all("section", aria_labelledby="kunne-koebes")


# -- nothing is kept ------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["", "xlsx", "csv"])
def test_nothing_is_written_anywhere(
    buyer: Client,
    alfa: Enterprise,
    wanted: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: Any,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = digests()
    text = f"{TABLE}12345678;Forkert vask;;;5\n"
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        logging.getLogger("django.db.backends").setLevel(logging.WARNING)
        for data in ({"list": text}, {"file": SimpleUploadedFile("l.csv", text.encode())}):
            answer = buyer.post(reverse("number-check"), {**data, "as": wanted})
            assert answer.status_code == 200 and not answer.cookies
            b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert digests() == before and not MissedSearch.objects.exists()
    assert BETA not in caplog.text and "Forkert" not in caplog.text
    assert not list(tmp_path.iterdir())
    if not wanted:
        assert "no-store" in answer["Cache-Control"]


def test_a_large_file_never_lies_on_the_disk(
    buyer: Client, alfa: Enterprise, monkeypatch: Any, tmp_path: Path
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a file on the disk")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", refuse)
    text = f"{ALFA}\n" + f"{BETA} Navn {'x' * 600}\n" * 5_000
    assert len(text) > 2_500_000
    answer = buyer.post(reverse("number-check"), {"file": SimpleUploadedFile("l.txt", text.encode())})
    assert answer.status_code == 200 and "1 af 2" in answer.page.one("h1").text  # type: ignore[attr-defined]


def test_the_page_says_so(visitor: Client) -> None:
    assert "Vi gemmer ikke listen" in visitor.get(reverse("number-check")).page.one("main").text  # type: ignore[attr-defined]


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told", [{}, {"HTTP_ORIGIN": "https://ond.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}]
)
def test_other_sites_pages_ask_nothing(alfa: Enterprise, told: dict[str, str]) -> None:
    for name in ("number-check", "save-several-to-shortlist"):
        sent = {"list": ALFA, "enterprise": alfa.pk}
        assert PolicingClient(**told).post(reverse(name), sent).status_code == 403
    assert not Shortlist.objects.exists()


def test_one_address_may_not_ask_without_end(buyer: Client, alfa: Enterprise, monkeypatch: Any) -> None:
    monkeypatch.setattr("directory.views.number_check.CHECKS_AN_HOUR", 2)
    assert [ask(buyer, ALFA).status_code for _time in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"list": ""}, 400, "Vi fandt ingen numre"),
        ({}, 400, "Vi fandt ingen numre"),
        ({"list": "\n".join(map(str, range(20_000_000, 20_000_501)))}, 400, "flere end 500"),
        ({"list": "1" * 1_100_000}, 413, "for lang"),
        ({"file": b"PK\x03\x04" + b"x" * 50}, 400, "Excel-ark"),
        ({"file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50}, 400, ".xls"),
        ({"file": b"1" * (reading.MOST_BYTES + 1)}, 400, "5 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(
    buyer: Client, alfa: Enterprise, sent: dict[str, Any], status: int, said: str
) -> None:
    if "file" in sent:
        sent = {"file": SimpleUploadedFile("liste.xlsx", sent["file"])}
    answer = buyer.post(reverse("number-check"), sent)
    assert answer.status_code == status
    assert said in answer.page.one("p", role="alert").text  # type: ignore[attr-defined]


def test_what_was_pasted_is_still_there_when_it_is_refused(buyer: Client) -> None:
    text = "\n".join(map(str, range(20_000_000, 20_000_501)))
    assert ask(buyer, text).page.one("textarea").text.split() == text.split()


def test_markup_in_a_list_is_text(buyer: Client, alfa: Enterprise) -> None:
    page = page_of(buyer, f'CVR\tNavn\n{BETA}\t<script>alert(1)</script>\n{GAMMA}\t"><img src=x>')
    assert not page.all("script", "img") and "<script>alert(1)</script>" in page.text


# -- files ----------------------------------------------------------------------------------------


def test_a_workbook_is_answered_as_what_is_pasted(buyer: Client, alfa: Enterprise) -> None:
    data = workbook(["Kreditor", "CVR-nr.", "Beløb"], ["Alfa", int(ALFA), 600], ["Beta", BETA, 400])
    page = page_of(buyer, "", file=SimpleUploadedFile("liste.xlsx", data))
    assert page.one("p", class_="lede").text.endswith("Det er 60 %.")


def test_the_answer_is_downloaded_from_the_page(buyer: Client, alfa: Enterprise) -> None:
    published("Kost & Klud", sectors=["rengoering-ejendom"])
    page = page_of(buyer, TABLE + "12345678;Forkert;;;5\n")
    (form,) = [form for form in page.all("form") if form.all("button", value="xlsx")]
    again = form.one("input", name="list").attrs["value"]
    header, *lines = written(buyer.post(form.attrs["action"], {"list": again, "as": "csv"}))
    told = [dict(zip(header, line, strict=True)) for line in lines]
    assert [one["Svar"] for one in told] == [
        "I kataloget",
        "Ikke i kataloget",
        "Ikke i kataloget",
        "Ikke et CVR-nummer: kontrolcifferet passer ikke",
    ]
    assert told[0]["Profil"].endswith(reverse("profile", args=["alfa-koekken"]))
    assert (told[0]["Beløb"], told[0]["Linje"], told[3]["Linje"]) == ("600,0", "2", "5")
    assert told[1]["Kunne måske købes her"] == "Mad, kantine og catering (1)"
    answer = buyer.post(form.attrs["action"], {"list": again, "as": "xlsx"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames == ["Leverandører", "Brancher"]
    assert [cell.value for cell in book["Brancher"][2]] == ["Mad, kantine og catering", 1, 600, 1, 300, 1]


def test_no_formula_comes_back_out(buyer: Client, alfa: Enterprise) -> None:
    text = f"CVR\tNavn\n{BETA}\t=HYPERLINK(1)\n{GAMMA}\t@SUM(A1)"
    header, *lines = written(ask(buyer, text, **{"as": "csv"}))
    name = header.index("Navn i listen")
    assert [line[name] for line in lines] == ["'=HYPERLINK(1)", "'@SUM(A1)"]
    answer = ask(buyer, text, **{"as": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)))["Leverandører"]
    assert all(cell.data_type != "f" for row in sheet for cell in row)


# -- saving those found ---------------------------------------------------------------------------


def test_those_found_are_saved_to_a_list_of_their_own(buyer: Client, alfa: Enterprise) -> None:
    beta, gamma = published("Beta", cvr=BETA), published("Gamma", cvr=GAMMA)
    buyer.post(reverse("save-to-shortlist"), {"enterprise": gamma.pk})
    page = page_of(buyer, f"CVR;Beløb\n{ALFA};1\n{BETA};2\n{DELTA};9")
    form = next(form for form in page.all("form") if form.all("input", name="enterprise"))
    sent = [field.attrs["value"] for field in form.all("input", name="enterprise")]
    assert sent == [str(beta.pk), str(alfa.pk)]
    answer = buyer.post(form.attrs["action"], {"enterprise": sent}, follow=True)
    shown = answer.page  # type: ignore[attr-defined]
    assert [h.text for h in shown.one("ol", class_="shortlisted").all("h2")] == ["Beta", "Alfa Køkken"]
    assert "ny liste med de leverandører" in shown.one("p", role="status").text
    assert sorted(one.items.count() for one in Shortlist.objects.all()) == [1, 2]


def test_only_what_is_public_is_saved(buyer: Client, alfa: Enterprise) -> None:
    waiting = an_enterprise("Hemmelig")
    sent = {"enterprise": [waiting.pk, alfa.pk, alfa.pk]}
    assert buyer.post(reverse("save-several-to-shortlist"), sent).status_code == 302
    assert [item.enterprise_id for item in Shortlist.objects.get().items.all()] == [alfa.pk]
    for nothing, status in (({"enterprise": waiting.pk}, 409), ({}, 409), ({"enterprise": "x"}, 404)):
        assert buyer.post(reverse("save-several-to-shortlist"), nothing).status_code == status
    assert Shortlist.objects.count() == 1


def test_a_list_has_room_for_so_many(buyer: Client, alfa: Enterprise, monkeypatch: Any) -> None:
    monkeypatch.setattr("enterprises.shortlists.MOST", 1)
    published("Beta", cvr=BETA)
    page = page_of(buyer, f"{ALFA}\n{BETA}")
    assert "Gem de første 1 på en liste" in [button.text for button in page.all("button")]


# -- what it costs --------------------------------------------------------------------------------


def test_five_hundred_cost_no_more_queries_than_three(buyer: Client, alfa: Enterprise) -> None:
    gone = published("Væk", cvr=BETA)
    publishing.withdraw(gone, reason="Lukket")
    for number in range(20):
        published(f"Firma {number}", cvr=next_valid(30_000_000 + number * 1_000))
    few = f"{ALFA}\n{BETA}\n{GAMMA}"
    many = [int(ALFA), int(BETA)]
    while len(many) < 500:
        many.append(int(next_valid(30_000_000 + (len(many) - 2) * 1_000)))
    counts = []
    ask(buyer, few)
    for text in (few, "\n".join(f"{number} Jensens Rengøring" for number in many)):
        with CaptureQueriesContext(connection) as queries:
            page = page_of(buyer, text)
        counts.append(len(queries))
    assert page.one("h1").text == "21 af 500 leverandører er i kataloget"
    assert counts[0] == counts[1] <= 15, counts


def test_numbers_are_looked_up_by_an_index(alfa: Enterprise) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM enterprises_publication WHERE (snapshot ->> 'cvr') IN ('1', '2')"
        )
        assert "publication_cvr" in str(cursor.fetchall())


# -- where one finds it ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["buying", "shortlist"])
def test_a_buyer_finds_it(visitor: Client, name: str) -> None:
    for language in ("da", "en"):
        with override(language):
            main = visitor.get(reverse(name)).page.one("main")  # type: ignore[attr-defined]
            assert reverse("number-check") in {a.attrs["href"] for a in main.all("a")}


def test_a_full_list_leads_to_it_too(buyer: Client, alfa: Enterprise) -> None:
    buyer.post(reverse("save-to-shortlist"), {"enterprise": alfa.pk})
    main = buyer.get(reverse("shortlist")).page.one("main")  # type: ignore[attr-defined]
    assert reverse("number-check") in {a.attrs["href"] for a in main.all("a")}


def test_it_answers_in_english(buyer: Client, alfa: Enterprise) -> None:
    with override("en"):
        page = page_of(buyer, f"{TABLE}12345678;Wrong;;;5\n")
    assert page.one("h1").text == "1 of 4 suppliers found in the directory"
    assert "DKK 600" in page.text and "kontrolciffer" not in page.text
