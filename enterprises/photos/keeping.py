"""Adds and orders the pictures of a working copy.

A picture is removed by deleting its row; its files go when nothing names them any more (chores.py).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from enterprises import choices, tasks
from enterprises.models import Enterprise, Photo
from enterprises.photos import files, reading
from enterprises.photos.locking import writing
from enterprises.photos.reading import RefusedError

MOST_PHOTOS = 8


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
        tasks.make_widths.defer(photo=photo.pk)
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
