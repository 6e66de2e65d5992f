"""Changing words at the desk: first what will happen, then the button. Nothing needs JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import proposals
from enterprises.choices import TermChangeKind
from enterprises.editing import fresh
from enterprises.models import Enterprise, Mark, Mission, Sector, TermChange, User
from tests.builders import a_user, published, with_second_step
from tests.test_admin import filled
from tests.test_term_changes import card, chosen, sector

pytestmark = pytest.mark.django_db
K = TermChangeKind
LIST = "admin:enterprises_sector_changelist"


@pytest.fixture
def karen(db: None) -> User:
    user = User.objects.create_superuser("karen@example.dk", "en lang sætning", name="Karen Clerk")
    return with_second_step(user)


@pytest.fixture
def clerk(client: Client, karen: User) -> Client:
    client.force_login(karen)
    return client


def page_of(slug: str, kind: K) -> str:
    return reverse("admin:enterprises_sector_change_word", args=[sector(slug).pk, kind])


def shown(clerk: Client, address: str, **sent: Any) -> Any:
    """What will change, for what is sent."""
    answer = clerk.post(address, {"reason": "Ryddet op", **sent, "_preview": "1"})
    assert answer.status_code == 200
    return answer


def done(clerk: Client, address: str, **sent: Any) -> Any:
    seen = shown(clerk, address, **sent).context["seen"]
    return clerk.post(address, {"reason": "Ryddet op", **sent, "seen": seen, "_do": "1"}, follow=True)


def test_the_preview_tells_what_a_merge_changes_and_changes_nothing(clerk: Client) -> None:
    bakery = published("Brød", sectors=["mad-catering"])
    Enterprise.objects.filter(pk=bakery.pk).update(tagline_da="Nyt")
    proposals.submit(bakery, by=a_user(), having_seen=proposals.seen(fresh(bakery)))
    address = page_of("mad-catering", K.MERGE)
    answer = shown(clerk, address, into=sector("finans").pk)
    counts = dict(answer.context["effects"].counts)
    assert list(counts.values())[:6] == [1, 1, 1, 0, 1, 1]
    assert ("/brancher/mad-catering/", "/brancher/finans/") in answer.context["effects"].addresses
    assert ("/en/enterprises/?sector=mad-catering", "/en/enterprises/?sector=finans") in (
        answer.context["effects"].addresses
    )
    assert ">Brød</a>" in answer.text
    assert chosen(bakery) == ["mad-catering"] and not TermChange.objects.exists()


def test_a_merge_is_done_logged_and_told(clerk: Client, karen: User) -> None:
    bakery = published("Brød", sectors=["mad-catering"])
    answer = done(clerk, page_of("mad-catering", K.MERGE), into=sector("finans").pk)
    assert chosen(bakery) == ["finans"]
    change = TermChange.objects.get()
    assert (change.asked_by, change.reason, change.state) == (karen, "Ryddet op", "done")
    assert change.outcome in answer.text
    entry = LogEntry.objects.get(object_id=str(sector("mad-catering").pk))
    assert entry.user == karen and "Ryddet op" in entry.get_change_message()
    assert change.outcome in clerk.get(reverse("admin:enterprises_termchange_changelist")).text
    assert clerk.get(page_of("mad-catering", K.MERGE)).status_code == 404


def test_nobody_decides_about_what_they_have_not_seen(clerk: Client) -> None:
    address, into = page_of("mad-catering", K.MERGE), sector("finans").pk
    seen = shown(clerk, address, into=into).context["seen"]
    bakery = published("Brød", sectors=["mad-catering"])
    for sent in ({"into": into}, {"into": sector("it-data").pk}):
        answer = clerk.post(address, {"reason": "x", "seen": seen, "_do": "1", **sent})
        assert answer.status_code == 200 and answer.context["form"].non_field_errors()
    assert chosen(bakery) == ["mad-catering"]


def test_a_rename_needs_a_free_address(clerk: Client) -> None:
    names = {"name_da": "Køkkener", "name_en": "Kitchens"}
    answer = shown(clerk, page_of("mad-catering", K.RENAME), slug="finans", **names)
    assert answer.context["effects"].problems and 'name="_do"' not in answer.text
    done(clerk, page_of("mad-catering", K.RENAME), slug="koekkener", **names)
    assert sector("koekkener").name_en == "Kitchens"
    add = reverse("admin:enterprises_sector_add")
    fields = {"name_da": "Mad", "name_en": "Food", "slug": "mad-catering"}
    assert "Køkkener" in clerk.post(add, filled(clerk.get(add), **fields)).text
    assert sector("mad-catering").successor == sector("koekkener")


def test_retiring_says_who_would_be_left_without(clerk: Client) -> None:
    published("Brød", sectors=["mad-catering"])
    answer = shown(clerk, page_of("mad-catering", K.RETIRE), instead="")
    assert "Brød" in answer.context["effects"].problems[0] and 'name="_do"' not in answer.text
    done(clerk, page_of("mad-catering", K.RETIRE), instead=sector("finans").pk)
    listed = clerk.get(reverse(LIST))
    assert "mad-catering" not in listed.text and "mad-catering" in clerk.get(reverse(LIST), {"out": "1"}).text
    done(clerk, page_of("mad-catering", K.REVIVE))
    assert "mad-catering" in clerk.get(reverse(LIST)).text


def test_splitting_remembers_what_is_chosen_on_every_page(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enterprises.admin.term_changing.PER_PAGE", 2)
    some = [
        published(f"{name} mad", sectors=["mad-catering"]) for name in ("Andels", "Bageri", "Café", "Diner")
    ]
    names = {"new_1_da": "Bagerier", "new_1_en": "Bakeries", "words_1": "bageri, diner"}
    address = page_of("mad-catering", K.SPLIT)
    first = clerk.post(address, {"reason": "x", **names, "_find": "1"})
    assert [choice for _row, choice in first.context["split"].rows] == ["keep", "move-0"]
    rows = {f"row-{some[0].pk}": "both-0", f"row-{some[1].pk}": "move-0"}
    sent = {"chosen": first.context["split"].others, **rows}
    second = clerk.post(address, {"reason": "x", **names, **sent, "_page": "2"})
    assert [choice for _row, choice in second.context["split"].rows] == ["keep", "move-0"]
    sent = {
        "chosen": second.context["split"].others,
        f"row-{some[2].pk}": "keep",
        f"row-{some[3].pk}": "keep",
    }
    counts = dict(shown(clerk, address, **names, **sent).context["effects"].counts)
    assert list(counts.values())[:4] == [4, 2, 2, 2]
    done(clerk, address, **names, **sent)
    assert [card(each) for each in some] == [
        ["mad-catering", "bagerier"], ["bagerier"], ["mad-catering"], ["mad-catering"],
    ]  # fmt: skip


def test_the_order_is_typed_in_the_list(clerk: Client, visitor: Client) -> None:
    first, second = Sector.objects.all()[:2]
    formset = clerk.get(reverse(LIST)).context["cl"].formset
    sent = {bound.html_name: bound.value() for form in formset for bound in form}
    sent |= {bound.html_name: bound.value() for bound in formset.management_form}
    sent |= {"form-0-position": second.position, "form-1-position": first.position, "_save": "1"}
    clerk.post(reverse(LIST), sent)
    assert list(Sector.objects.all()[:2]) == [second, first]
    text = visitor.get("/brancher/").page.text
    assert text.index(str(second)) < text.index(str(first))


def test_only_who_may_change_words_sees_the_pages(client: Client) -> None:
    reader = a_user("per@example.dk", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_sector"))
    client.force_login(with_second_step(reader))
    assert client.get(page_of("mad-catering", K.MERGE)).status_code == 403
    assert str(K.MERGE.label) not in client.get(reverse(LIST)).text


def test_facts_have_no_such_pages(clerk: Client) -> None:
    rsv = Mark.objects.get(slug=Mark.RSV)
    assert (
        clerk.get(reverse("admin:enterprises_mark_change_word", args=[rsv.pk, "retire"])).status_code == 404
    )
    assert clerk.get(reverse("admin:enterprises_mission_change_word", args=[1, "burn"])).status_code == 404
    mission = Mission.objects.first()
    assert mission is not None
    assert (
        clerk.get(reverse("admin:enterprises_mission_change_word", args=[mission.pk, "split"])).status_code
        == 200
    )
    assert clerk.get(reverse("admin:enterprises_district_changelist")).status_code == 200


@pytest.mark.parametrize("name", ["sector", "legalform", "mark", "district", "termchange"])
def test_lists_ask_little(clerk: Client, name: str) -> None:
    published()
    with CaptureQueriesContext(connection) as asked:
        clerk.get(reverse(f"admin:enterprises_{name}_changelist"))
    assert len(asked) <= 10
