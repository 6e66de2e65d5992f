"""Any two publications of an enterprise beside each other at the desk, and the way back to either."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise, Publication
from tests.builders import a_place, a_user, an_enterprise, published, republished, with_second_step
from tests.client import Element, parsed

pytestmark = pytest.mark.django_db


@pytest.fixture
def thrice(db: None) -> Enterprise:
    """Published three times, with a change that waits."""
    bakery = published("Brød & Broer")
    republished(bakery, description_da="Vi bager om natten og leverer med lastbil.")
    bakery = republished(bakery, description_da="Vi bager om natten og leverer med varevogn.", founded=2012)
    bakery.phone = "33 33 33 33"
    bakery.save()
    return bakery


def compare(client: Client, enterprise: Enterprise, **asked: Any) -> Element:
    answer = client.get(reverse("admin:enterprises_publication_compare", args=[enterprise.pk]), asked)
    assert answer.status_code == 200
    return parsed(answer.content.decode()).one("div", id="content-main")


def marked(page: Element) -> tuple[list[str], list[str]]:
    return [gone.text for gone in page.all("del")], [new.text for new in page.all("ins")]


def test_two_publications_differ_word_by_word(clerk: Client, thrice: Enterprise) -> None:
    page = compare(clerk, thrice, before="1", after="2")
    assert marked(page) == (["på ladcykel."], ["med lastbil."])
    assert "Vi bager om natten og leverer" in page.text
    assert [heading.text for heading in page.all("h2")] == ["Hvem I er"]
    assert [heading.text for heading in page.all("th", scope="col")] == ["Hvad", "Nr. 1", "Nr. 2"]


def test_far_apart_and_backwards(clerk: Client, thrice: Enterprise) -> None:
    first, third = ["på ladcykel."], ["med varevogn.", "2012"]
    assert marked(compare(clerk, thrice, before="1", after="3")) == (first, third)
    assert marked(compare(clerk, thrice, before="3", after="1")) == (third, first)


def test_unless_one_chooses_it_is_what_waits(clerk: Client, thrice: Enterprise) -> None:
    page = compare(clerk, thrice)
    assert "33 33 33 33" in marked(page)[1]
    assert [heading.text for heading in page.all("th", scope="col")] == ["Hvad", "Nr. 3", "Arbejdskopien nu"]
    [step] = [link for link in page.all("a") if link.text == "Ændringen før"]
    assert step.attrs["href"] == "?before=2&after=3"


def test_from_a_publication_it_is_what_that_one_changed(clerk: Client, thrice: Enterprise) -> None:
    second = Publication.objects.get(enterprise=thrice, number=2)
    own = parsed(
        clerk.get(reverse("admin:enterprises_publication_change", args=[second.pk])).content.decode()
    )
    [link] = [each for each in own.all("a") if each.text == "Sammenlign"]
    page = parsed(clerk.get(link.attrs["href"]).content.decode()).one("div", id="content-main")
    assert [heading.text for heading in page.all("th", scope="col")] == ["Hvad", "Nr. 1", "Nr. 2"]


def test_the_enterprises_page_leads_there(clerk: Client, thrice: Enterprise) -> None:
    own = clerk.get(reverse("admin:enterprises_enterprise_change", args=[thrice.pk]))
    assert reverse("admin:enterprises_publication_compare", args=[thrice.pk]) in own.content.decode()


def test_either_can_be_brought_back_but_the_one_that_is_shown(clerk: Client, thrice: Enterprise) -> None:
    page = compare(clerk, thrice, before="1", after="3")
    [link] = [link for link in page.all("a") if link.text.startswith("Gendan")]
    first = Publication.objects.get(enterprise=thrice, number=1)
    assert link.attrs["href"] == reverse("admin:enterprises_publication_restore", args=[first.pk])
    clerk.post(link.attrs["href"], {"reason": "Forkert", "discard_changes": "on"})
    assert "De to siger det samme." in compare(clerk, thrice, before="1", after="4").text


def test_what_does_not_exist_is_not_chosen(clerk: Client, thrice: Enterprise) -> None:
    assert "Arbejdskopien nu" in compare(clerk, thrice, before="77", after="-1").text
    address = reverse("admin:enterprises_publication_compare", args=[0])
    assert clerk.get(address).status_code == 404


def test_what_never_was_public_has_nothing_to_compare(clerk: Client) -> None:
    assert "De to siger det samme." in compare(clerk, an_enterprise("Ny")).text


def test_who_may_see_publications_sees_them_and_not_the_working_copy(
    client: Client, thrice: Enterprise
) -> None:
    user = with_second_step(a_user("anders@example.dk", is_staff=True))
    client.force_login(user)
    address = reverse("admin:enterprises_publication_compare", args=[thrice.pk])
    assert client.get(address).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_publication"))
    page = compare(client, thrice, after="working")
    assert marked(page) == (["lastbil."], ["varevogn.", "2012"])
    assert "33 33 33 33" not in page.text and "Gendan" not in page.text


def test_hundreds_of_publications_take_no_more_queries(clerk: Client, thrice: Enterprise) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            compare(clerk, thrice)
            compare(clerk, thrice, before="1", after="3")
        return len(captured)

    few = queries()
    snapshot = Publication.objects.get(enterprise=thrice, number=3)
    karen = a_user("kim@example.dk")
    Publication.objects.bulk_create(
        Publication(
            enterprise=thrice, number=number, schema_version=snapshot.schema_version, published_by=karen,
            snapshot=snapshot.snapshot, change="published", published_at=timezone.now(),
        )
        for number in range(4, 500)
    )  # fmt: skip
    for _number in range(20):
        a_place(thrice)
    assert queries() == few < 2 * 10
