"""Adds, changes and removes the pictures of a working copy, and keeps the store free of what nobody uses.

Files and rows cannot be changed together, so this is the order: a file is written before the
transaction that names it ends, and deleted only when nothing has named it. Writers share a lock that
the one who deletes has for itself, so that nothing is deleted between being written and being named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from enterprises import choices
from enterprises.models import Enterprise, Photo, Publication
from enterprises.photos import files, reading
from enterprises.photos.reading import RefusedError
from enterprises.photos.store import UNFINISHED

MOST_PHOTOS = 8
# Any number that no other lock has.
LOCK = 1_464_002_611


def add(
    enterprise: Enterprise, content: bytes, *, kind: str, alt_da: str, alt_en: str = "", credit: str = ""
) -> Photo:
    """Keep what was sent in as one more photo, or as the logo instead of the one there is.

    Raises RefusedError, and then nothing is left of it.
    """
    picture = reading.read(content, kind)
    master = files.master(picture, kind)
    digest = files.digest_of(master)
    with writing():
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        others = Photo.objects.filter(enterprise=enterprise)
        if kind == choices.PhotoKind.LOGO:
            others.filter(kind=kind).delete()
        elif others.filter(kind=kind).count() >= MOST_PHOTOS:
            raise RefusedError(_full())
        if others.filter(digest=digest).exists():
            raise RefusedError(_("Det billede har I allerede."))
        last = others.filter(kind=kind).aggregate(last=Max("position"))["last"]
        photo = Photo.objects.create(
            enterprise=enterprise,
            kind=kind,
            position=0 if last is None else last + 1,
            alt_da=alt_da,
            alt_en=alt_en,
            credit=credit,
            digest=digest,
            width=picture.width,
            height=picture.height,
            widths=files.widths(kind, picture.width),
        )
        files.store().write(files.master_name(digest), master)
    return photo


def _full() -> str:
    return _("Der er plads til %(most)s billeder. Fjern et, før du lægger et nyt op.") % {"most": MOST_PHOTOS}


@transaction.atomic
def move(photo: Photo, *, by: int) -> None:
    """Move a photo so many places among those of its enterprise; no further than to either end."""
    Enterprise.objects.select_for_update().get(pk=photo.enterprise_id)
    photos = list(Photo.objects.filter(enterprise=photo.enterprise_id, kind=photo.kind))
    place = photos.index(photo)
    photos.insert(max(0, place + by), photos.pop(place))
    for position, each in enumerate(photos):
        each.position = position
    Photo.objects.bulk_update(photos, ["position"])


def make_widths(photo_id: int) -> None:
    """Make all files a photo is offered as. May be killed, run again, and run twice at a time.

    A file is there whole or not at all, and its name says what is in it, so what is there need not be
    made again. A photo that is gone meanwhile needs none.
    """
    photo = Photo.objects.waiting().filter(pk=photo_id).first()
    if photo is None:
        return
    store = files.store()
    master = Image.open(BytesIO(store.read(files.master_name(photo.digest))), formats=["WEBP"])
    for width in photo.widths:
        for extension in files.FORMATS:
            name = files.width_name(photo.digest, width, extension)
            if not store.has(name):
                encoded = files.narrowed(master, width, extension)
                with writing():
                    store.write(name, encoded)
    Photo.objects.filter(pk=photo_id, digest=photo.digest).update(made_at=timezone.now())


def remove_orphans() -> int:
    """Delete every file that no working copy and no publication names; says how many. Safe at any time."""
    return sum(map(_remove_orphans_of, files.SHARDS))


def _remove_orphans_of(shard: str) -> int:
    store = files.store()
    with _alone():
        names = {name: files.digest_in(name) for name in store.names(shard)}
        digests = set(filter(None, names.values()))
        used = set(Photo.objects.filter(digest__in=digests).values_list("digest", flat=True))
        used |= {digest for digest in digests - used if Publication.objects.showing(digest)}
        orphans = [name for name, digest in names.items() if digest in digests - used]
        # Nobody is writing now, so an unfinished file is one whose writer was killed.
        orphans += [name for name in names if name.endswith(UNFINISHED)]
        for name in orphans:
            store.delete(name)
    return len(orphans)


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which what one writes to the store stays, if the rows that name it do."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock_shared")
        yield


@contextmanager
def _alone() -> Iterator[None]:
    with transaction.atomic():
        _lock("pg_advisory_xact_lock")
        yield


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
