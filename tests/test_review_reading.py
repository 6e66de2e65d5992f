"""An enterprise fetched in one query is the same one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises import criteria, editing, sections, snapshots
from enterprises.models import Enterprise
from enterprises.reviewing import reading
from tests.builders import an_enterprise
from tests.test_admission import answer_all

pytestmark = pytest.mark.django_db


def test_what_is_fetched_in_one_query_says_the_same(city: list[Enterprise]) -> None:
    for enterprise in city:
        fetched = reading.of(enterprise.pk)
        with CaptureQueriesContext(connection) as asked:
            said = snapshots.take(fetched)
        assert not asked and said == snapshots.take(editing.fresh(enterprise))
        assert sections.working(fetched) == sections.working(editing.fresh(enterprise))


def test_a_new_one_brings_its_answers(db: None) -> None:
    bakery = an_enterprise()
    answer_all(bakery)
    fetched = reading.of(bakery.pk)
    with CaptureQueriesContext(connection) as asked:
        said = criteria.digest(fetched)
    assert said and not asked and said == criteria.digest(editing.fresh(bakery))
