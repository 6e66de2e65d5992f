"""Logging in with MitID Erhverv, against a broker of our own that can lie."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from enterprises import claims
from enterprises.choices import ClaimWay
from enterprises.mitid.configuration import mitid
from enterprises.models import Claim, Editorship, Enterprise, User
from tests.builders import a_user, an_enterprise, published, with_second_step
from tests.client import PolicingClient
from tests.test_accounts import asks_for_a_code, code_in, is_in, types

# The broker's library warns of itself.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
CVR, OTHER_CVR, UNKNOWN = "10000009", "10000017", "10000025"
KLAUS = "klaus@example.dk"


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tests import broker

        with broker.running() as running:
            yield running


@pytest.fixture
def broker(running: Any, settings: Any) -> Any:
    settings.SOCIALACCOUNT_PROVIDERS = mitid(running.url, "den-faelles-by", "secret", "cvr", demo=True)
    running.tamper = str
    running.token_requests.clear()
    running.knows("p1", cvr=CVR, name="Klaus Kok", cpr="0101011234")
    return running


@pytest.fixture
def kitchen(db: None) -> Enterprise:
    return published("Køkkenet", cvr=CVR)


@pytest.fixture
def workshop(db: None) -> Enterprise:
    return an_enterprise("Værkstedet", cvr=OTHER_CVR)


def sets_out(client: Client, **query: str) -> str:
    """Where the broker is asked."""
    answer = client.get(reverse("mitid_login", query=query or None))
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def by_mitid(client: Client, broker: Any, change: Callable[[str], str] = str, **query: str) -> Any:
    back = urlsplit(broker.logs_in(change(sets_out(client, **query))))
    return client.get(f"{back.path}?{back.query}", follow=True)


def signs_up(client: Client, broker: Any) -> Any:
    """The first time, with the address confirmed."""
    page = by_mitid(client, broker).page
    assert page.one("h1").text == "En konto til dit MitID"
    client.post(reverse("socialaccount_signup"), {"email": KLAUS, "name": "Klaus Kok"})
    return client.post(
        reverse("account_email_verification_sent"), {"code": code_in(mail.outbox[-1])}, follow=True
    )


def edits(email: str = KLAUS) -> set[tuple[str, str]]:
    return set(Editorship.objects.filter(user__email=email).values_list("enterprise__name", "claim__way"))


def test_whoever_acts_for_a_company_may_edit_its_enterprise(
    visitor: Client, broker: Any, kitchen: Enterprise, workshop: Enterprise
) -> None:
    answer = signs_up(visitor, broker)
    assert answer.redirect_chain[-1][0] == reverse("my-enterprises")
    assert "Du kan redigere Køkkenet." in answer.page.one("main").text
    assert "Værkstedet" not in answer.page.one("main").text
    assert edits() == {("Køkkenet", ClaimWay.MITID)}


def test_next_time_there_is_nothing_to_fill_in(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    signs_up(visitor, broker)
    again = PolicingClient()
    by_mitid(again, broker)
    assert is_in(again)
    assert User.objects.filter(email=KLAUS).count() == 1 == Editorship.objects.count()


def test_only_the_number_is_kept_of_what_the_broker_tells(visitor: Client, broker: Any) -> None:
    signs_up(visitor, broker)
    assert SocialAccount.objects.get().extra_data == {"cvr": CVR}


def test_another_company_takes_the_place_of_the_first_and_of_nothing_else(
    visitor: Client, broker: Any, kitchen: Enterprise, workshop: Enterprise, bakery: Enterprise
) -> None:
    signs_up(visitor, broker)
    klaus = User.objects.get(email=KLAUS)
    claims.give(bakery, klaus)
    claims.give(kitchen, a_user("ida@example.dk"), way=ClaimWay.MITID)
    broker.knows("p1", cvr=f"DK{OTHER_CVR}")
    by_mitid(PolicingClient(), broker)
    assert edits() == {("Værkstedet", ClaimWay.MITID), (bakery.name, ClaimWay.STAFF)}
    assert edits("ida@example.dk") == {("Køkkenet", "mitid")}


def test_what_staff_gave_is_not_taken_over(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    signs_up(visitor, broker)
    Claim.objects.update(way=ClaimWay.STAFF)
    by_mitid(PolicingClient(), broker)
    broker.knows("p1", cvr=UNKNOWN)
    by_mitid(PolicingClient(), broker)
    assert edits() == {("Køkkenet", ClaimWay.STAFF)}


def test_the_number_of_nobody_gives_nothing(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    broker.knows("p1", cvr=UNKNOWN)
    answer = signs_up(visitor, broker)
    assert f"Vi kender ingen virksomhed med CVR-nummer {UNKNOWN}" in answer.page.one("main").text
    assert edits() == set()


@pytest.mark.parametrize(
    "claims", [{}, {"cvr": ""}, {"cvr": "123"}, {"cvr": []}, {"cvr": "1000000a"}, {"cvr": "１０００００００"}]
)
def test_without_a_number_nobody_gets_in(
    visitor: Client, broker: Any, kitchen: Enterprise, claims: dict[str, Any]
) -> None:
    broker.knows("p2", **claims)
    back = urlsplit(broker.logs_in(sets_out(visitor), "p2"))
    answer = visitor.get(f"{back.path}?{back.query}")
    assert answer.status_code == 401
    assert "ikke dit private MitID" in answer.page.one("main").text  # type: ignore[attr-defined]
    assert not is_in(visitor) and not SocialAccount.objects.exists()


def test_two_numbers_at_once_give_nothing(
    visitor: Client, broker: Any, kitchen: Enterprise, workshop: Enterprise
) -> None:
    broker.knows("p1", cvr=[CVR, OTHER_CVR])
    answer = by_mitid(visitor, broker)
    assert answer.status_code == 401 and "flere virksomheder" in answer.page.one("main").text
    assert not is_in(visitor) and not Editorship.objects.exists()


# -- a broker, or somebody who plays one, that lies ------------------------------------------------


@pytest.mark.parametrize(
    "lie", ["signed_by_a_stranger", "not_signed", "signed_by_the_secret", "changed_after_signing"]
)
def test_a_token_the_broker_has_not_signed_is_refused(
    visitor: Client, broker: Any, kitchen: Enterprise, lie: str
) -> None:
    from tests import broker as lies

    broker.tamper = getattr(lies, lie)
    answer = by_mitid(visitor, broker)
    assert answer.status_code == 401
    assert not is_in(visitor) and not SocialAccount.objects.exists()


def test_a_token_of_another_log_in_is_refused(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    def other_nonce(address: str) -> str:
        site, _mark, query = address.partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        return f"{site}?{urlencode(asked | {'nonce': 'of-another-log-in'})}"

    assert by_mitid(visitor, broker, other_nonce).status_code == 401
    assert not is_in(visitor) and not SocialAccount.objects.exists()


def test_a_token_for_another_site_is_refused(visitor: Client, broker: Any, settings: Any) -> None:
    address = sets_out(visitor)
    settings.SOCIALACCOUNT_PROVIDERS["mitid"]["APP"]["client_id"] = "another-site"
    back = urlsplit(broker.logs_in(address))
    assert visitor.get(f"{back.path}?{back.query}").status_code == 401


def test_an_answer_nobody_asked_for_is_refused(visitor: Client, broker: Any) -> None:
    back = urlsplit(broker.logs_in(sets_out(PolicingClient())))
    assert visitor.get(f"{back.path}?{back.query}").status_code == 401
    assert not broker.token_requests


def test_an_answer_is_good_once(visitor: Client, broker: Any) -> None:
    back = urlsplit(broker.logs_in(sets_out(visitor)))
    assert visitor.get(f"{back.path}?{back.query}").status_code == 302
    assert visitor.get(f"{back.path}?{back.query}").status_code == 401


def test_the_code_is_bound_to_the_browser_that_asked(visitor: Client, broker: Any) -> None:
    """PKCE: the secret behind the challenge is shown only when the code is handed in."""
    address = sets_out(visitor, scope="openid admin", auth_params="nonce=mine")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["scope"] == ["openid"]
    assert asked["nonce"] != ["mine"] and len(asked["nonce"][0]) > 30
    back = urlsplit(broker.logs_in(address))
    visitor.get(f"{back.path}?{back.query}")
    verifier = broker.token_requests[0]["code_verifier"]
    assert len(verifier) >= 43 and verifier not in str(asked)
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"][0]


def test_whoever_gives_up_is_told_so(visitor: Client, broker: Any) -> None:
    state = parse_qs(urlsplit(sets_out(visitor)).query)["state"][0]
    told = {"error": "access_denied", "state": state}
    answer = visitor.get(reverse("mitid_callback"), told, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("socialaccount_login_cancelled")


def test_a_broker_that_is_away_is_no_error_of_ours(visitor: Client, broker: Any, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["mitid"]["APP"]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = visitor.get(reverse("mitid_login"))
    assert answer.status_code == 401
    assert "log ind på en anden måde" in answer.page.one("main").text  # type: ignore[attr-defined]


# -- with an account that is there already ----------------------------------------------------------


def test_an_account_is_not_taken_over_by_its_address(
    visitor: Client, broker: Any, kitchen: Enterprise
) -> None:
    klaus = a_user(KLAUS)
    by_mitid(visitor, broker)
    visitor.post(reverse("socialaccount_signup"), {"email": KLAUS, "name": "En tyv"})
    assert not is_in(visitor)
    assert not SocialAccount.objects.filter(user=klaus).exists()
    assert "allerede en konto" in mail.outbox[-1].subject


def test_mitid_is_connected_and_let_go_again(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    a_user(KLAUS, None)
    asks_for_a_code(visitor, KLAUS)
    types(visitor, code_in(mail.outbox[-1]))
    assert "Tilknyt MitID Erhverv" in visitor.get(reverse("account")).page.one("main").text  # type: ignore[attr-defined]
    answer = by_mitid(visitor, broker, process="connect")
    assert answer.redirect_chain[-1][0] == reverse("account")
    assert edits() == {("Køkkenet", "mitid")}
    broker.knows("p1", cvr=UNKNOWN)
    by_mitid(visitor, broker, process="connect")
    assert edits() == set()
    visitor.post(reverse("mitid-disconnect"))
    assert not SocialAccount.objects.exists()


def test_one_mitid_belongs_to_one_account(
    visitor: Client, broker: Any, kitchen: Enterprise, editor: Client
) -> None:
    signs_up(visitor, broker)
    SocialAccount.objects.update(user=a_user("anden@example.dk"))
    client = PolicingClient()
    a_user("tredje@example.dk", None)
    asks_for_a_code(client, "tredje@example.dk")
    types(client, code_in(mail.outbox[-1]))
    by_mitid(client, broker, process="connect")
    assert edits("tredje@example.dk") == set()


def test_mitid_does_not_replace_the_second_step(visitor: Client, broker: Any, kitchen: Enterprise) -> None:
    signs_up(visitor, broker)
    with_second_step(User.objects.get(email=KLAUS))
    again = PolicingClient()
    answer = by_mitid(again, broker)
    assert answer.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert not is_in(again)


# -- settings -----------------------------------------------------------------------------------------


def test_without_settings_there_is_no_mitid(visitor: Client) -> None:
    assert mitid("", "", "", "") == {}
    assert "MitID" not in visitor.get(reverse("account_login")).page.one("main").text  # type: ignore[attr-defined]


def test_the_way_in_shows_where_it_is_configured(visitor: Client, broker: Any) -> None:
    assert "MitID Erhverv" in visitor.get(reverse("account_login")).page.one("main").text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (("https://broker.example", "id", "secret", ""), "MITID_CVR_CLAIM"),
        (("", "id", "secret", "cvr"), "MITID_ISSUER"),
        (("http://broker.example", "id", "secret", "cvr"), "MITID_ISSUER must start with https"),
    ],
)
def test_half_a_configuration_is_refused(told: tuple[str, str, str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        mitid(*told)
