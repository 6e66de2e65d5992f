"""Files that prove what an enterprise answers. Private: handed out to its editors and the council alone.

They lie in the picture store, in a folder of their own that no picture has, under names nobody can guess.
What is handed in is kept as it is, so it is never shown, only sent as something to save.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from io import BytesIO
from threading import Lock

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from enterprises.choices import ProofType
from enterprises.models import CriterionAnswer, ProofFile
from enterprises.photos.files import store
from enterprises.photos.locking import alone, writing
from enterprises.photos.reading import HEIC, MOST_PIXELS, MOST_SCANS, RefusedError
from enterprises.photos.store import UNFINISHED

FOLDER = "proofs"
MOST_BYTES = 10_000_000
MOST_FILES = 5
ENDINGS = {ProofType.PDF: ".pdf", ProofType.JPEG: ".jpg", ProofType.PNG: ".png"}
# Where a PDF says that it is whole; some programs write a little behind it.
END_OF_PDF = 2048

# Large pictures take hundreds of megabytes while they are read.
_one_at_a_time = Lock()


def add(answer: CriterionAnswer, content: bytes, *, called: str) -> ProofFile:
    """Keep a file with an answer; the same twice is once. Raises RefusedError, and nothing is left of it."""
    media_type = judged(content)
    digest = hashlib.sha256(content).hexdigest()
    with writing():
        CriterionAnswer.objects.select_for_update().get(pk=answer.pk)
        if same := answer.files.filter(digest=digest).first():
            return same
        if answer.files.count() >= MOST_FILES:
            raise RefusedError(
                _("Der er plads til %(most)s bilag. Fjern et, før du lægger et nyt op.")
                % {"most": MOST_FILES}
            )
        file = ProofFile.objects.create(
            answer=answer,
            name=tidy_name(called, media_type),
            media_type=media_type,
            size=len(content),
            key=secrets.token_hex(16),
            digest=digest,
        )
        store().write(_stored_as(file.key), content)
    return file


def read(file: ProofFile) -> bytes:
    return store().read(_stored_as(file.key))


@transaction.atomic
def remove(file: ProofFile) -> None:
    name = _stored_as(file.key)
    file.delete()
    # Should the process die just here, remove_orphans finds what is left.
    transaction.on_commit(lambda: store().delete(name))


def remove_orphans() -> int:
    """Delete every file that no row names any more; says how many. Safe at any time."""
    with alone():
        names = store().names(FOLDER)
        used = {_stored_as(key) for key in ProofFile.objects.values_list("key", flat=True)}
        # Nobody is writing now, so an unfinished file is one whose writer was killed.
        orphans = [name for name in names if name not in used or name.endswith(UNFINISHED)]
        for name in orphans:
            store().delete(name)
    return len(orphans)


def _stored_as(key: str) -> str:
    return f"{FOLDER}/{key}"


# -- what a file is -------------------------------------------------------------------------------


def judged(content: bytes) -> ProofType:
    """What the content is, whatever the file is called. Raises RefusedError."""
    if len(content) > MOST_BYTES:
        raise RefusedError(too_large())
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-END_OF_PDF:]:
            raise RefusedError(_("PDF-filen er ikke hel. Gem den igen, og prøv så."))
        return ProofType.PDF
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise RefusedError(
            _("Det er et HEIC-billede fra en iPhone. Gem det som PDF eller JPEG, og prøv igen.")
        )
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise RefusedError(_("Det er et dokument fra et skriveprogram. Gem det som PDF, og prøv igen."))
    return _judged_picture(content)


def _judged_picture(content: bytes) -> ProofType:
    try:
        if content.count(b"\xff\xda") > MOST_SCANS and content.startswith(b"\xff\xd8"):
            raise RefusedError(_("Billedet er gemt på en usædvanlig måde. Gem det igen som JPEG eller PNG."))
        with _one_at_a_time, Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RefusedError(_too_many_pixels())
            picture.load()
            return ProofType(Image.MIME[str(picture.format)])
    except RefusedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(_too_many_pixels()) from error
    except Exception as error:  # a decoder may trip over broken files in any way
        raise RefusedError(
            _("Filen kan ikke læses som PDF, JPEG eller PNG: den er i stykker eller noget andet, end den ser "
              "ud til. Gem den som PDF, og prøv igen.")
        ) from error  # fmt: skip


def too_large() -> str:
    return _("Filen fylder for meget. Den må højst fylde %(most)s MB.") % {"most": MOST_BYTES // 1_000_000}


def _too_many_pixels() -> str:
    return _("Billedet har for mange punkter. Gem det i en mindre størrelse.")


def tidy_name(called: str, media_type: ProofType) -> str:
    """What its sender calls it, without folders, tricks and wrong endings."""
    last = called.replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem = seen.rpartition(".")[0] if "." in seen else seen
    return (" ".join(stem.split())[:100].strip(" .") or "bilag") + ENDINGS[media_type]
