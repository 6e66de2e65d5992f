"""Keeping pictures: what is added, moved, made, restored and deleted, in the store and in the database."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from PIL import Image

from enterprises import publishing, snapshots
from enterprises.models import Enterprise, Photo
from enterprises.photos import chores, files, keeping, locking, reading
from enterprises.photos.store import Folder, store_at
from tests import images
from tests.bucket import a_bucket

pytestmark = pytest.mark.django_db


def kept(pictures: Folder) -> list[str]:
    return sorted(path.name for path in pictures.root.rglob("*") if path.is_file())


def add(enterprise: Enterprise, *, seed: int = 0, kind: str = "photo", **fields: Any) -> Photo:
    content = images.encoded(images.picture(seed=seed))
    return keeping.add(enterprise, content, kind=kind, alt_da="Ovnen", **fields)


def test_a_photo_is_kept_as_we_write_it(bakery: Enterprise, pictures: Folder) -> None:
    photo = add(bakery)
    assert kept(pictures) == [f"{photo.digest}.webp"]
    master = pictures.read(files.master_name(photo.digest))
    assert files.digest_of(master) == photo.digest
    assert (photo.width, photo.height, photo.widths) == (1200, 800, [480, 960, 1200])


@pytest.mark.parametrize("content", [b"no picture", images.bomb(), images.encoded()[:4000]])
def test_nothing_is_left_of_what_is_refused(bakery: Enterprise, pictures: Folder, content: bytes) -> None:
    with pytest.raises(reading.RefusedError):
        keeping.add(bakery, content, kind="photo", alt_da="Ovnen")
    assert kept(pictures) == []
    assert not Photo.objects.exists()


def test_nothing_is_left_where_the_store_fails(bakery: Enterprise, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    settings.PICTURES = Folder(tmp_path / "taken")
    with pytest.raises(OSError):
        add(bakery)
    assert not Photo.objects.exists()


def test_the_same_photo_is_kept_once(bakery: Enterprise, pictures: Folder) -> None:
    add(bakery)
    with pytest.raises(reading.RefusedError, match="har I allerede"):
        add(bakery)
    assert len(kept(pictures)) == 1


def test_there_is_room_for_so_many_photos(bakery: Enterprise, pictures: Folder) -> None:
    for seed in range(keeping.MOST_PHOTOS):
        add(bakery, seed=seed)
    with pytest.raises(reading.RefusedError, match="plads til 8"):
        add(bakery, seed=99)
    assert len(kept(pictures)) == keeping.MOST_PHOTOS
    add(bakery, seed=99, kind="logo")


def test_a_new_logo_takes_the_place_of_the_old(bakery: Enterprise, pictures: Folder) -> None:
    add(bakery, kind="logo")
    new = add(bakery, kind="logo", seed=1)
    assert list(Photo.objects.filter(enterprise=bakery, kind="logo")) == [new]


def test_photos_are_moved_no_further_than_to_the_ends(bakery: Enterprise, pictures: Folder) -> None:
    one, two, three = (add(bakery, seed=seed) for seed in range(3))
    for photo, by, order in [
        (three, -1, [one, three, two]), (three, -1, [three, one, two]), (three, -1, [three, one, two]),
        (one, 1, [three, two, one]), (one, 1, [three, two, one]),
    ]:  # fmt: skip
        keeping.move(photo, by=by)
        assert list(bakery.photos.all()) == order


# -- widths ---------------------------------------------------------------------------------------


def all_files(photo: Photo) -> list[str]:
    widths = [f"{photo.digest}-{width}.{ext}" for width in photo.widths for ext in files.FORMATS]
    return sorted([f"{photo.digest}.webp", *widths])


def test_every_width_is_made_in_every_format(bakery: Enterprise, pictures: Folder) -> None:
    photo = add(bakery)
    call_command("make_picture_widths")
    assert kept(pictures) == all_files(photo)
    for width in photo.widths:
        for extension, kind in {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}.items():
            made = Image.open(BytesIO(pictures.read(files.width_name(photo.digest, width, extension))))
            assert (made.format, made.width, made.height) == (kind, width, round(width * 800 / 1200))
    photo.refresh_from_db()
    assert photo.made_at
    assert not Photo.objects.waiting()


class Killed(BaseException):
    """As the process is, at that place."""


@pytest.mark.parametrize("writes", [0, 1, 4, 8])
def test_killed_while_it_makes_them_it_goes_on_next_time(
    bakery: Enterprise, pictures: Folder, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    photo = add(bakery)
    replace, left = Path.replace, [writes]

    def replaced(self: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return replace(self, target)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", replaced)
        # A process that is killed cleans nothing up.
        dying.setattr(Path, "unlink", lambda *args, **kwargs: None)
        with pytest.raises(Killed):
            chores.make_widths(photo.pk)
    photo.refresh_from_db()
    assert photo.made_at is None
    assert len(kept(pictures)) == 1 + writes + 1
    before = {name: pictures.read(name) for name in pictures.names(photo.digest[:2])}

    chores.make_widths(photo.pk)
    photo.refresh_from_db()
    assert photo.made_at
    assert {name: pictures.read(name) for name in before} == before
    assert chores.remove_orphans() == 1, "the file that was not finished"
    assert kept(pictures) == all_files(photo)


def test_making_them_twice_changes_nothing(bakery: Enterprise, pictures: Folder) -> None:
    photo = images.a_photo(bakery)
    before = {path: path.stat().st_mtime_ns for path in pictures.root.rglob("*")}
    chores.make_widths(photo.pk)
    Photo.objects.update(made_at=None)
    chores.make_widths(photo.pk)
    assert {path: path.stat().st_mtime_ns for path in pictures.root.rglob("*")} == before


def test_a_photo_that_is_gone_needs_no_widths(bakery: Enterprise, pictures: Folder) -> None:
    photo = add(bakery)
    key = photo.pk
    photo.delete()
    chores.make_widths(key)
    assert len(kept(pictures)) == 1


def test_one_that_cannot_be_read_keeps_no_other_waiting(
    bakery: Enterprise, pictures: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    lost, good = add(bakery), add(bakery, seed=1)
    pictures.delete(files.master_name(lost.digest))
    with pytest.raises(CommandError, match="1 could not be made"):
        call_command("make_picture_widths")
    assert list(Photo.objects.waiting()) == [lost]
    assert good not in Photo.objects.waiting()


# -- what nobody uses -----------------------------------------------------------------------------


def test_only_what_nobody_names_is_deleted(bakery: Enterprise, pictures: Folder) -> None:
    published, drafted, removed = (images.a_photo(bakery, seed=seed) for seed in range(3))
    removed.delete()
    drafted.delete()
    publishing.publish(bakery)
    published.delete()
    drafted = images.a_photo(bakery, seed=1)
    publishing.withdraw(bakery, reason="Lukket")
    assert chores.remove_orphans() == len(all_files(removed))
    assert kept(pictures) == sorted([*all_files(published), *all_files(drafted)])
    assert chores.remove_orphans() == 0


def test_a_file_of_somebody_else_is_left_alone(bakery: Enterprise, pictures: Folder) -> None:
    pictures.write("ab/notes.txt", b"mine")
    pictures.write(f"ab/{'ab' * 16}-480.jpg", b"nobody's")
    assert chores.remove_orphans() == 1
    assert pictures.has("ab/notes.txt")


def test_nothing_is_deleted_while_somebody_writes(bakery: Enterprise, pictures: Folder) -> None:
    pictures.write(f"ab/{'ab' * 16}.webp", b"not named yet")
    server = connection.get_connection_params()
    where = {key: server[key] for key in ("dbname", "user", "host", "port", "password") if key in server}
    with psycopg.connect(**where) as uploading:
        uploading.execute("SELECT pg_advisory_xact_lock_shared(%s)", [locking.LOCK])
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = 1")
            chores.remove_orphans()
    assert len(kept(pictures)) == 1


def test_who_is_forgotten_leaves_no_files(bakery: Enterprise, pictures: Folder) -> None:
    images.a_photo(bakery)
    publishing.publish(bakery)
    publishing.forget(Enterprise.objects.filter(pk=bakery.pk))
    call_command("remove_orphan_pictures")
    assert kept(pictures) == []


def test_a_bucket_does_all_that_too(bakery: Enterprise, settings: Any) -> None:
    with a_bucket() as bucket:
        settings.PICTURES = store_at(bucket.url, demo=True)
        photo, gone = images.a_photo(bakery), images.a_photo(bakery, seed=1)
        gone.delete()
        assert chores.remove_orphans() == len(all_files(gone))
        assert sorted(name.rpartition("/")[2] for name in bucket.files) == all_files(photo)


# -- snapshots ------------------------------------------------------------------------------------


def test_a_publication_holds_logo_first_and_photos_in_order(bakery: Enterprise, pictures: Folder) -> None:
    two, one = add(bakery, seed=2), add(bakery, seed=1, credit="Ida")
    logo = add(bakery, kind="logo", seed=3)
    keeping.move(one, by=-1)
    stated = publishing.publish(bakery).snapshot["photos"]
    assert [photo["digest"] for photo in stated] == [logo.digest, one.digest, two.digest]
    assert stated[1] == {
        "kind": "photo", "digest": one.digest, "width": 1200, "height": 800, "widths": [480, 960, 1200],
        "alt": {"da": "Ovnen"}, "credit": "Ida",
    }  # fmt: skip


def test_a_new_word_about_a_photo_is_a_change(bakery: Enterprise, pictures: Folder) -> None:
    photo = add(bakery)
    publishing.publish(bakery)
    bakery.refresh_from_db()
    assert not publishing.has_changes(bakery)
    Photo.objects.filter(pk=photo.pk).update(alt_en="The oven")
    assert publishing.has_changes(Enterprise.objects.get(pk=bakery.pk))


def test_restoring_brings_the_photos_back(bakery: Enterprise, pictures: Folder) -> None:
    images.a_photo(bakery)
    earlier = publishing.publish(bakery)
    bakery.photos.all().delete()
    images.a_photo(bakery, seed=1)
    publishing.publish(bakery)
    chores.remove_orphans()
    restored = publishing.restore(earlier)
    assert restored.snapshot["photos"] == earlier.snapshot["photos"]
    call_command("make_picture_widths")
    (photo,) = bakery.photos.all()
    assert set(all_files(photo)) <= set(kept(pictures))


def test_a_publication_from_before_photos_has_none() -> None:
    assert "photos" not in snapshots.upgrade({"name": "Før"}, 1)
