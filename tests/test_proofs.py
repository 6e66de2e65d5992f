"""Files that prove an answer: what is taken, what is refused, who gets them, and when they go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enterprises import claims, proofs
from enterprises.choices import ClaimWay, ProofType, Reply
from enterprises.models import CriterionAnswer, Enterprise, ProofFile, User
from enterprises.photos import chores
from enterprises.photos.reading import RefusedError
from enterprises.photos.store import Folder
from tests import images
from tests.builders import a_user, an_enterprise, published
from tests.client import PolicingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]
PDF = b"%PDF-1.7\n1 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj\n%%EOF\n"
ANSWERED = {"reply": "yes", "text_da": "Vi er til for andre.", "text_en": "", "url": "", "version": ""}


@pytest.fixture
def person() -> User:
    return a_user("nora@example.dk")


@pytest.fixture
def newcomer(person: User) -> Client:
    client = PolicingClient()
    client.force_login(person)
    return client


@pytest.fixture
def draft(person: User) -> Enterprise:
    enterprise = an_enterprise("Kæden", criteria=())
    claims.open_(enterprise, person, ClaimWay.ADDED)
    return enterprise


@pytest.fixture
def answer(draft: Enterprise) -> CriterionAnswer:
    return CriterionAnswer.objects.create(
        enterprise=draft, criterion="purpose", reply=Reply.YES, text_da="Vi er til for andre."
    )


def kept(pictures: Folder) -> list[Path]:
    return [path for path in pictures.root.rglob("*") if path.is_file()]


def hand_in(client: Client, content: bytes, name: str = "vedtægter.pdf", slug: str = "kaeden") -> Any:
    address = reverse("admission-question", args=[slug, "purpose"])
    version = client.get(address).context["version"]
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.post(address, ANSWERED | {"version": version, "file": file})


def file_at(file: ProofFile, name: str = "proof-file") -> str:
    return reverse(name, args=[file.answer.enterprise.slug, file.pk])


# -- what is taken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "media_type", "ending"),
    [
        (PDF, ProofType.PDF, ".pdf"),
        (images.encoded(), ProofType.JPEG, ".jpg"),
        (images.see_through(), ProofType.PNG, ".png"),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(
    newcomer: Client, draft: Enterprise, content: bytes, media_type: str, ending: str
) -> None:
    assert hand_in(newcomer, content, name="../regnskab.exe").status_code == 302
    file = ProofFile.objects.get()
    assert (file.media_type, file.name, file.size) == (media_type, f"regnskab{ending}", len(content))
    answer = newcomer.get(file_at(file))
    assert (answer.content, answer["Content-Type"]) == (content, media_type)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"En tekst, der hedder noget med pdf.", "kan ikke læses som PDF, JPEG eller PNG"),
        (b"<html><script>alert(1)</script>", "kan ikke læses"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kan ikke læses"),
        (PDF[:-7], "ikke hel"),
        (images.encoded()[:5000], "kan ikke læses"),
        (images.bomb(), "for mange punkter"),
        (b"\0\0\0\x24ftypheic" + bytes(99), "HEIC"),
        (b"PK\x03\x04" + bytes(99), "Gem det som PDF"),
        (b"MZ" + PDF, "kan ikke læses"),
        (b"", "Filen er tom"),
        (PDF + bytes(proofs.MOST_BYTES) + b"%%EOF", "fylder for meget"),
        (PDF + bytes(13_000_000) + b"%%EOF", "fylder for meget"),
    ],
)
def test_what_is_refused_is_said_and_nothing_left(
    newcomer: Client, draft: Enterprise, pictures: Folder, content: bytes, sentence: str
) -> None:
    answer = hand_in(newcomer, content)
    assert answer.status_code == 422
    assert sentence in answer.page.one(role="alert").text
    # What was typed is still there to be sent again.
    assert "Vi er til for andre." in answer.page.one("textarea", name="text_da").text
    assert not CriterionAnswer.objects.exists() and kept(pictures) == []


def test_a_store_that_fails_leaves_nothing(
    newcomer: Client, draft: Enterprise, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    settings.PICTURES = Folder(tmp_path / "taken")
    assert "Prøv igen om lidt" in hand_in(newcomer, PDF).page.one(role="alert").text
    assert not CriterionAnswer.objects.exists()


def test_the_same_file_twice_is_once(newcomer: Client, draft: Enterprise, pictures: Folder) -> None:
    for _press in range(2):
        assert hand_in(newcomer, PDF).status_code == 302
    assert ProofFile.objects.count() == len(kept(pictures)) == 1


def test_there_is_room_for_some(answer: CriterionAnswer) -> None:
    for number in range(proofs.MOST_FILES):
        proofs.add(answer, PDF + b"%d" % number, called="a.pdf")
    with pytest.raises(RefusedError, match="Der er plads til 5 bilag"):
        proofs.add(answer, PDF, called="a.pdf")


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("Vedtægter 2026.PDF", "Vedtægter 2026.pdf"),
        ("C:\\Brugere\\Nora\\vedtægter", "vedtægter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("fdp\u202e.exe\r\nSet-Cookie: x", "fdp.pdf"),
        ("", "bilag.pdf"),
        (".pdf", "bilag.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_names_are_tidied(called: str, name: str) -> None:
    assert proofs.tidy_name(called, ProofType.PDF) == name


# -- who gets it ----------------------------------------------------------------------------------


def test_a_file_is_only_ever_something_to_save(newcomer: Client, answer: CriterionAnswer) -> None:
    file = proofs.add(answer, PDF, called='vedt"ægter.pdf')
    sent = newcomer.get(file_at(file))
    assert sent["Content-Disposition"].startswith("attachment;")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent["Content-Security-Policy"]
    assert "default-src 'none'" in sent["Content-Security-Policy"]
    assert "no-store" in sent["Cache-Control"] and "private" in sent["Cache-Control"]


def test_nobody_else_gets_it(
    answer: CriterionAnswer, visitor: Client, stranger: Client, editor: Client, clerk: Client
) -> None:
    file = proofs.add(answer, PDF, called="a.pdf")
    assert visitor.get(file_at(file)).status_code == 302
    assert clerk.get(file_at(file)).content == PDF
    for other in (stranger, editor):
        assert other.get(file_at(file)).status_code == 404
        assert other.post(file_at(file, "remove-proof")).status_code == 404
    # Nor through an enterprise of one's own.
    through = reverse("proof-file", args=["broed-broer", file.pk])
    assert editor.get(through).status_code == 404
    assert editor.post(reverse("remove-proof", args=["broed-broer", file.pk])).status_code in (302, 404)
    assert ProofFile.objects.filter(pk=file.pk).exists()


def test_no_public_address_leads_to_it(visitor: Client, answer: CriterionAnswer) -> None:
    file = proofs.add(answer, PDF, called="a.pdf")
    for address in (
        f"/medier/{file.key}-480.jpg",
        f"/medier/proofs/{file.key}",
        f"/static/proofs/{file.key}",
    ):
        assert visitor.get(address).status_code == 404


# -- when it goes ---------------------------------------------------------------------------------


def test_a_removed_file_is_gone_at_once(
    newcomer: Client,
    answer: CriterionAnswer,
    pictures: Folder,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = proofs.add(answer, PDF, called="a.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        assert newcomer.post(file_at(file, "remove-proof")).status_code == 302
    assert kept(pictures) == [] and not ProofFile.objects.exists()
    assert newcomer.post(file_at(file, "remove-proof")).status_code == 404


def test_what_nobody_names_any_more_goes_at_night(answer: CriterionAnswer, pictures: Folder) -> None:
    proofs.add(answer, PDF, called="a.pdf")
    pictures.write("proofs/left-behind", b"x")
    pictures.write("proofs/killed.part", b"x")
    assert chores.remove_orphans() == 0, "the pictures' chore touches no proof"
    assert proofs.remove_orphans() == 2 and len(kept(pictures)) == 1
    answer.enterprise.delete()
    assert proofs.remove_orphans() == 1 and kept(pictures) == []


def test_the_answers_of_those_who_are_in_stay_as_they_are(editor: Client, bakery: Enterprise) -> None:
    answer = CriterionAnswer.objects.create(enterprise=bakery, criterion="purpose", reply=Reply.YES)
    file = proofs.add(answer, PDF, called="a.pdf")
    assert editor.post(file_at(file, "remove-proof")).status_code == 302
    assert ProofFile.objects.filter(pk=file.pk).exists()
    assert editor.get(file_at(file)).content == PDF
    assert published("En anden").current
