"""Search words at the desk: what a change does to searches is seen before it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enterprises import missed
from enterprises.models import SynonymGroup
from tests.builders import published
from tests.test_listing import shown

pytestmark = pytest.mark.django_db
ADD = "admin:enterprises_synonymgroup_add"
WORDS = {"da": "gryderet, simremad", "en": ""}


@pytest.fixture(autouse=True)
def only_ours(db: None) -> None:
    SynonymGroup.objects.all().delete()


def preview(clerk: Client, **sent: Any) -> Any:
    return clerk.post(reverse(ADD), {**WORDS, **sent, "_preview": "1"})


def test_one_sees_what_its_words_and_vain_searches_will_find(clerk: Client, visitor: Client) -> None:
    published("Gryden", offers=["Gryderet"])
    missed.note("simremad til mange", "da")
    missed.note("noget helt andet", "da")
    answer = preview(clerk)
    changes = {row.text: (row.before, row.after, row.names) for row in answer.context["preview"].words}
    assert changes == {"gryderet": (1, 1, ["Gryden"]), "simremad": (0, 1, ["Gryden"])}
    assert [(row.text, row.times) for row in answer.context["preview"].found] == [("simremad til mange", 1)]
    assert not SynonymGroup.objects.exists()
    clerk.post(reverse(ADD), {**WORDS, "seen": answer.context["seen"], "_do": "1"})
    assert SynonymGroup.objects.get().da == ["gryderet", "simremad"]
    assert shown(visitor.get("/virksomheder/", {"q": "simremad"}).page) == ["gryden"]


def test_nothing_is_saved_that_was_not_seen(clerk: Client) -> None:
    seen = preview(clerk).context["seen"]
    for sent in ({"seen": ""}, {"seen": seen, "da": "gryderet, suppe"}):
        answer = clerk.post(reverse(ADD), {**WORDS, **sent, "_do": "1"})
        assert answer.context["preview"]
    assert not SynonymGroup.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("gryderet", "Skriv mindst to ord"),
        ("gryderet, en alt for lang gryderet", "Højst fire ord"),
        ('gryderet, &lt;b&gt; "', "Brug kun bogstaver"),
        ("gryderet, -suppe", "Brug kun bogstaver"),
        ("gryderet, suppe, Gryderet", "én gang"),
        ("gryderet, sovs", "sovs, dyppelse"),
    ],
)
def test_a_bad_group_is_refused_with_a_sentence(clerk: Client, words: str, said: str) -> None:
    SynonymGroup.objects.create(da=["sovs", "dyppelse"])
    answer = preview(clerk, da=words)
    assert said in " ".join(answer.context["form"].non_field_errors())
    assert "preview" not in answer.context


def test_a_group_keeps_the_words_it_shares_already(clerk: Client) -> None:
    group = SynonymGroup.objects.create(da=["sovs", "dyppelse"])
    SynonymGroup.objects.create(da=["sovs", "sauce"])
    address = reverse("admin:enterprises_synonymgroup_change", args=[group.pk])
    answer = clerk.post(address, {"da": "sovs, dyppelse, dip", "en": "", "_preview": "1"})
    assert answer.context["preview"]
    assert clerk.get(reverse("admin:enterprises_synonymgroup_changelist")).status_code == 200
