from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from enterprises import claims, roles
from enterprises.choices import ClaimWay
from enterprises.content import loading
from enterprises.models import Enterprise, User
from enterprises.photos.store import Folder
from tests.builders import a_user, an_enterprise, in_role, let_in, published, with_second_step
from tests.client import PolicingClient
from tests.register_service import Register, register_service

# A slow machine is no error. The gate (.ci/run) judges by the same examples each time, so that what it says
# is about the change at hand; whoever works on the site has others tried in each run.
settings.register_profile(
    "site",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("site")


def pytest_configure(config: pytest.Config) -> None:
    """Fresh translations, and one embedded PostgreSQL for all workers unless DATABASE_URL names another."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    from directory import database
    from directory.run import compile_messages

    compile_messages()

    server = database.embedded()
    if server:
        config.stash[_LOCK] = server.use()


def pytest_unconfigure(config: pytest.Config) -> None:
    from directory import database

    server = database.embedded()
    if server and _LOCK in config.stash:
        server.leave(config.stash[_LOCK])


_LOCK = pytest.StashKey[int]()


@pytest.fixture(autouse=True)
def fresh_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test publishes is rolled back, generation included, so its catalogue must go too."""
    from directory import catalogue
    from enterprises import counting

    monkeypatch.setattr(catalogue, "_present", None)
    counting.forget_waiting()


@pytest.fixture
def pictures(tmp_path: Path, settings: Any) -> Folder:
    """An empty place for pictures."""
    settings.PICTURES = Folder(tmp_path / "pictures")
    return settings.PICTURES  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def demo_records() -> list[dict[str, Any]]:
    return loading.demo_city()


@pytest.fixture
def city(db: None, demo_records: list[dict[str, Any]]) -> list[Enterprise]:
    """Thirty published enterprises from all trades."""
    loading.write(demo_records[::8], demo=True)
    return list(Enterprise.objects.select_related("current"))


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return published("Brød & Broer")


@pytest.fixture
def cvr(settings: Any) -> Iterator[Register]:
    """The business register, and our account for it."""
    with register_service() as register:
        settings.CVR_URL, settings.CVR_USER, settings.CVR_PASSWORD = register.url, "byen", "hemmelig"
        yield register


# -- who walks in ---------------------------------------------------------------------------------


@pytest.fixture
def visitor() -> Client:
    return PolicingClient()


@pytest.fixture
def editor(bakery: Enterprise) -> Client:
    """Edits the bakery."""
    return _editing(bakery, a_user("ida@example.dk", name="Ida Editor"))


@pytest.fixture
def colleague(bakery: Enterprise) -> Client:
    """Edits the bakery too."""
    return _editing(bakery, a_user("carl@example.dk", name="Carl Colleague"))


@pytest.fixture
def stranger(db: None) -> Client:
    """Edits another enterprise."""
    return _editing(published("Fremmed & Co"), a_user("sofie@example.dk", name="Sofie Stranger"))


@pytest.fixture
def newcomer(bakery: Enterprise) -> Client:
    """Has an account and edits nothing."""
    return _logged_in(a_user("ruth@broed.example", name="Ruth Ny"))


@pytest.fixture
def ruth(newcomer: Client) -> User:
    return User.objects.get(email="ruth@broed.example")


@pytest.fixture
def claimant(bakery: Enterprise) -> Client:
    """Waits for the answer whether the bakery is theirs."""
    user = a_user("rikke@example.dk", name="Rikke Venter")
    claims.open_(bakery, user, ClaimWay.EXPLANATION, "Jeg er kasserer.")
    return _logged_in(user)


@pytest.fixture
def adder(db: None) -> Client:
    """Has added an enterprise that nobody has let in yet."""
    user = a_user("nora@example.dk", name="Nora Ny")
    claims.open_(an_enterprise("Kæden", criteria=()), user, ClaimWay.ADDED)
    return _logged_in(user)


@pytest.fixture
def clerk(db: None) -> Client:
    """Works for the council, and may do everything at its desk: a superuser."""
    user = a_user("karen@example.dk", name="Karen Clerk", is_staff=True, is_superuser=True)
    with_second_step(user)
    return _logged_in(user)


@pytest.fixture
def curator(db: None) -> Client:
    """Curates for the council, as most of its people do."""
    return _at_the_desk(roles.CLERK, "kim@example.dk")


@pytest.fixture
def chief(db: None) -> Client:
    """Is editor-in-chief."""
    return _at_the_desk(roles.CHIEF, "clara@example.dk")


@pytest.fixture
def auditor(db: None) -> Client:
    """Reads everything and changes nothing."""
    return _at_the_desk(roles.AUDITOR, "asta@example.dk")


@pytest.fixture
def developer(db: None) -> Client:
    """Looks after the machine."""
    return _at_the_desk(roles.DEVELOPER, "dan@example.dk")


def _at_the_desk(role: roles.Role, email: str) -> Client:
    return _logged_in(with_second_step(in_role(role, email)))


def _editing(enterprise: Enterprise, user: User) -> Client:
    let_in(user, enterprise)
    return _logged_in(user)


def _logged_in(user: User) -> Client:
    client = PolicingClient()
    client.force_login(user)
    return client
