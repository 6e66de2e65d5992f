"""What is done to pictures behind the scenes, at any time and as often as one likes."""

from __future__ import annotations

from io import BytesIO

from django.utils import timezone
from PIL import Image

from enterprises.models import Photo, Publication
from enterprises.photos import files
from enterprises.photos.locking import alone, writing
from enterprises.photos.store import UNFINISHED


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
    with alone():
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
