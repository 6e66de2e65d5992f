"""Where pictures are kept: the folder and the bucket behave alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enterprises.photos.s3 import Bucket, StoreError, authorization
from enterprises.photos.store import Folder, Store, store_at
from tests.bucket import TestBucket, a_bucket


@pytest.fixture
def bucket() -> Iterator[TestBucket]:
    with a_bucket() as bucket:
        yield bucket


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    place = str(tmp_path) if request.param == "folder" else request.getfixturevalue("bucket").url
    return store_at(place, demo=True)


def test_what_is_written_is_read(store: Store) -> None:
    store.write("ab/abc.webp", b"one")
    store.write("ab/abc.webp", b"two")
    assert store.read("ab/abc.webp") == b"two"
    assert store.has("ab/abc.webp")
    assert not store.has("ab/abc-480.jpg")


def test_what_is_not_there_is_a_missing_file(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.read("ab/abc.webp")
    store.delete("ab/abc.webp")
    assert store.names("ab") == []


def test_a_folder_is_listed_whole(store: Store) -> None:
    names = [f"ab/abc-{width}.jpg" for width in (160, 320, 480, 960, 999)]
    for name in (*names, "ac/another.jpg"):
        store.write(name, b"x")
    assert store.names("ab") == names
    store.delete(names[0])
    assert store.names("ab") == names[1:]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        Folder(tmp_path).write("ab/abc.webp", b"one")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_bucket_in_trouble_is_an_error_of_its_own(bucket: TestBucket) -> None:
    store = store_at(bucket.url, demo=True)
    for status in (403, 500, 503):
        bucket.answer = status
        for ask in (store.read, store.has, store.delete, store.names, lambda name: store.write(name, b"x")):
            with pytest.raises(StoreError, match=str(status)):
                ask("ab/abc.webp")


def test_a_wrong_secret_is_refused(bucket: TestBucket) -> None:
    store = store_at(bucket.url.replace("hemmelig", "forkert"), demo=True)
    with pytest.raises(StoreError, match="SignatureDoesNotMatch"):
        store.write("ab/abc.webp", b"x")


def test_signs_as_amazon_does() -> None:
    """The example in Amazon's own description of Signature Version 4."""
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-amz-date": "20130524T000000Z",
    }
    known: dict[str, Any] = {
        "region": "us-east-1",
        "key": "AKIAIOSFODNN7EXAMPLE",
        "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    signed = authorization("GET", "/test.txt", "", headers, **known)
    assert signed.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


@pytest.mark.parametrize(
    "place",
    [
        "s3://key:secret@host",
        "s3://host/bucket",
        "s3://key@host/bucket",
        "https://key:secret@host/bucket",
        "s3://key:secret@host:port/bucket",
        "s3+http://key:secret@host/bucket",
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(place: str) -> None:
    with pytest.raises(ValueError, match="PICTURE_STORE must be a folder or look like s3://"):
        store_at(place, demo=False)


def test_a_bucket_keeps_its_secret_to_itself() -> None:
    bucket = store_at("s3://key:a%2Fsecret@host:9000/bucket?region=eu", demo=False)
    assert bucket == Bucket("https", "host:9000", "bucket", "eu", "key", "a/secret")
    assert "secret" not in repr(bucket)
