"""From “Tilføj” on, whatever happens to a profile and to the people around it: the two lives as one."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from enterprises import access, adding, admission, criteria, editing, proposals, publishing, sections
from enterprises.choices import ClaimState, ClaimWay, Criterion, Section
from enterprises.models import Claim, CriterionAnswer, Draft, Editorship, Enterprise, Mission, Photo, User
from enterprises.photos import keeping
from tests import images
from tests.builders import a_user
from tests.client import PolicingClient
from tests.test_claims_any_order import PEOPLE, LifeOfARight
from tests.test_editing_any_order import PHONES, LifeOfAProfile, contact, said, who

EVERYONE = (*PEOPLE, "nora")
ANYONE = st.sampled_from(EVERYONE)
# What each keeps to themselves.
SECRETS = {name: f"4{number}4{number}4{number}4{number}" for number, name in enumerate(EVERYONE, 1)}


class WholeLife(LifeOfAProfile, LifeOfARight):
    @initialize()
    def begin(self) -> None:
        cache.clear()
        self.people = {name: a_user(f"{name}@example.dk") for name in EVERYONE}
        self.karen = a_user("karen@example.dk", is_staff=True, is_superuser=True)
        self.ida, self.typed = self.people["ida"], ""
        self.editing: set[str] = set()
        self.asking: set[str] = {"nora"}
        self.invited: set[str] = set()
        self.put_out: set[str] = set()
        self.claims, self.drafts = 1, set()
        # Who has added it and still waits for the council; nobody, once it was ever public.
        self.adding = True
        new = Enterprise(name="Brød", description_da="Vi bager.", tagline_da="Brød")
        place = {"street": "Nygade 1", "postcode": "2200", "city": "København N"}
        self.key = adding.add(new, place, by=self.people["nora"]).pk
        editing.save(self.enterprise, self.people["nora"], Section.WHO, who("Brød"), version="", revision=0)
        self.enterprise.missions.set(Mission.objects.all()[:1])
        for criterion in Criterion.values:
            CriterionAnswer.objects.create(
                enterprise=self.enterprise, criterion=criterion, reply="yes", text_da="Ja."
            )
        self.save(Section.WHO, who("Brød"))
        self.public, self.working = None, said(sections.working(editing.fresh(self.enterprise)))
        self.photos = self.public_photos = 0
        self.seeds = iter(range(1_000))
        self.visitor = PolicingClient()
        self.clients = {name: self._client(user) for name, user in self.people.items()}

    @staticmethod
    def _client(user: User) -> Client:
        client = PolicingClient()
        client.force_login(user)
        return client

    # -- the profile, with those who may ----------------------------------------------------------

    def may_edit(self, name: str) -> bool:
        return name in self.editing or (name == "nora" and self.adding)

    def waits(self, name: str) -> bool:
        return name in self.asking and self.public is not None and not self.may_edit(name)

    @rule(name=ANYONE, phone=st.sampled_from(PHONES))
    def post(self, name: str, phone: str) -> None:
        """Press the button of a section that goes live at once, whoever one is."""
        version = sections.version(self.enterprise, Section.CONTACT)
        sent = contact(phone).dict() | {"version": version, "revision": "0"}
        status = self.clients[name].post(reverse("edit-section", args=["broed", "contact"]), sent).status_code
        assert status == (302 if self.may_edit(name) or self.waits(name) else 404)
        if self.may_edit(name):
            self.show(phone=phone)
        elif self.waits(name):
            Draft.objects.filter(user=self.people[name], section=Section.CONTACT).delete()
            self.drafts.discard(name)

    @rule(name=ANYONE)
    def keep_a_secret(self, name: str) -> None:
        """Type, and let the page keep what was typed."""
        draft = editing.draft_of(self.enterprise, self.people[name], Section.CONTACT)
        sent = contact(SECRETS[name]).dict() | {
            "action": "draft",
            "revision": str(draft.revision if draft else 0),
        }
        status = self.clients[name].post(reverse("edit-section", args=["broed", "contact"]), sent).status_code
        assert status == (200 if self.may_edit(name) or self.waits(name) else 404)
        if status == 200:
            self.drafts.add(name)

    @rule()
    def add_a_photo(self) -> None:
        if self.photos < keeping.MOST_PHOTOS:
            content = images.encoded(images.picture(120, 100, seed=next(self.seeds)))
            with transaction.atomic():
                keeping.add(self.enterprise, content, kind="photo", alt_da="Brød")
                editing.written(self.enterprise, Section.PHOTOS, by=self.karen)
            self.photos += 1
            if self.public and Section.PHOTOS in sections.direct():
                self.public_photos = self.photos

    @rule()
    def approve(self) -> None:
        proposal = proposals.open_one(self.enterprise)
        if proposal:
            seen = proposals.seen(editing.fresh(self.enterprise))
            admission.approve(proposal, by=self.karen, having_seen=seen)
            self.public, self.public_photos = self.working, self.photos
            self._is_in()

    def _is_in(self) -> None:
        if self.adding:
            self.adding = False
            self.asking.discard("nora")
            self.editing.add("nora")

    @rule(for_good=st.sampled_from([False, False, False, True]))
    def reject(self, for_good: bool) -> None:
        proposal = proposals.open_one(self.enterprise)
        if proposal:
            admission.reject(proposal, "Nej", by=self.karen, for_good=for_good)
            if for_good and self.adding and not self.enterprise.publications.exists():
                self.adding = False
                self.asking.discard("nora")

    @rule()
    def submit(self) -> None:
        seen = proposals.seen(editing.fresh(self.enterprise))
        try:
            proposals.submit(self.enterprise, by=self.ida, having_seen=seen)
        except proposals.ProposalError:
            assert (self.public, self.public_photos) == (self.working, self.photos)

    @rule(data=st.data(), discard=st.booleans())
    def restore(self, data: st.DataObject, discard: bool) -> None:
        old = list(self.enterprise.publications.order_by("number"))
        if not old:
            return
        chosen = data.draw(st.sampled_from(old))
        try:
            publishing.restore(chosen, discard_changes=discard)
        except publishing.PublishError:
            assert not discard
        else:
            self.public = self.working = said(chosen.snapshot)
            self.photos = self.public_photos = len(chosen.snapshot.get("photos", []))

    @rule(text=st.sampled_from(["x"]))
    def type(self, text: str) -> None:
        """Karen is of the council: what people type is kept by keep_a_secret."""

    @rule(name=st.sampled_from(PEOPLE))
    def draft(self, name: str) -> None:
        self.keep_a_secret(name)

    # -- the people -------------------------------------------------------------------------------

    @rule(name=st.sampled_from(PEOPLE))
    def claim(self, name: str) -> None:
        """By the page, which knows of nothing that is not public."""
        sent = {"do": "explain", "explanation": "Mig"}
        cache.clear()
        status = self.clients[name].post(reverse("claim", args=["broed"]), sent).status_code
        assert status == (302 if self.public else 404)
        if self.public and name not in self.editing:
            self.claims += name not in self.asking
            self.asking.add(name)

    # -- what each sees ---------------------------------------------------------------------------

    @rule()
    def read(self) -> None:
        answer = self.visitor.get(reverse("profile", args=["broed"]))
        assert (answer.status_code == 200) == (self.public is not None)
        shown = answer.content.decode()
        if self.public:
            assert self.public[0] in shown and self.public[1] in shown
        assert not any(spaced(secret) in shown or secret in shown for secret in SECRETS.values())

    @rule(name=ANYONE)
    def look(self, name: str) -> None:
        answer = self.clients[name].get(reverse("preview", args=["broed"]))
        sees = self.working if self.may_edit(name) else self.public if self.waits(name) else None
        assert answer.status_code == (200 if sees else 404)
        shown = answer.content.decode()
        assert sees is None or sees[0] in shown
        others = [secret for other, secret in SECRETS.items() if other != name]
        assert not any(spaced(secret) in shown or secret in shown for secret in others)
        form = self.clients[name].get(reverse("edit-section", args=["broed", "who"]))
        assert form.status_code == answer.status_code
        assert sees is None or f'value="{sees[0]}"' in form.content.decode()

    # -- what always holds ------------------------------------------------------------------------

    @invariant()
    def those_edit_who_should(self) -> None:
        super().those_edit_who_should()
        for name, user in self.people.items():
            assert access.editable(user).exists() == self.may_edit(name), name
            assert access.draftable(user).exists() == (name in self.asking and self.public is not None), name
        assert not access.editable(self.karen).exists()

    @invariant()
    def nothing_is_lost(self) -> None:
        assert said(sections.working(editing.fresh(self.enterprise))) == self.working
        kept = {draft.user.email.partition("@")[0]: draft for draft in Draft.objects.select_related("user")}
        assert kept.keys() == self.drafts
        assert all(SECRETS[name] in draft.data for name, draft in kept.items())
        assert Photo.objects.filter(enterprise=self.key).count() == self.photos
        current = self.enterprise.current
        assert len(current.snapshot.get("photos", [])) == self.public_photos if current else True

    @invariant()
    def at_most_one_claim_of_each_waits_and_none_is_lost(self) -> None:
        waiting = Claim.objects.filter(state=ClaimState.OPEN).values_list("user__email", flat=True)
        assert sorted(waiting) == sorted(f"{name}@example.dk" for name in self.asking)
        assert Claim.objects.count() == self.claims
        assert Editorship.objects.exclude(claim__state=ClaimState.ACCEPTED).count() == 0
        added = Claim.objects.filter(way=ClaimWay.ADDED, state=ClaimState.OPEN).exists()
        assert added == self.adding and (not added or criteria.is_new(self.enterprise))


def spaced(phone: str) -> str:
    """As profiles show it."""
    return " ".join(phone[i : i + 2] for i in range(0, 8, 2))


@pytest.mark.usefixtures("pictures")
def test_any_order_of_a_whole_life_keeps_all_of_it_true(db: None) -> None:
    run_state_machine_as_test(
        WholeLife,
        settings=settings(
            max_examples=5,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )
