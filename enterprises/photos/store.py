"""Where the files of pictures are kept: in a folder, or in a bucket that speaks S3.

Names are made from content (files.py), so a name never comes to hold something else. Knows nothing of
Django: the settings make the store.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from enterprises.photos.s3 import Bucket

# How the name of a file ends while it is being written.
UNFINISHED = ".part"


class Store(Protocol):
    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError."""

    def write(self, name: str, content: bytes) -> None:
        """The file is there whole or not at all, however the process ends."""

    def has(self, name: str) -> bool: ...

    def names(self, folder: str) -> list[str]:
        """All files of a folder, unfinished ones included."""

    def delete(self, name: str) -> None:
        """What is not there is deleted already."""


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def has(self, name: str) -> bool:
        return (self.root / name).is_file()

    def names(self, folder: str) -> list[str]:
        path = self.root / folder
        return sorted(f"{folder}/{file.name}" for file in path.iterdir()) if path.is_dir() else []

    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)


def store_at(place: str, *, demo: bool) -> Store:
    """The store a setting names. Raises ValueError with one sentence where it is no good."""
    if "://" not in place:
        return Folder(Path(place))
    wanted = "PICTURE_STORE must be a folder or look like s3://key:secret@host/bucket?region=name"
    try:
        address = urlsplit(place)
        port = address.port
    except ValueError:
        raise ValueError(f"{wanted}.") from None
    bucket = address.path.strip("/")
    known = address.scheme == "s3" or (demo and address.scheme == "s3+http")
    if not (known and address.hostname and address.username and address.password and bucket):
        raise ValueError(f"{wanted}.")
    return Bucket(
        scheme="http" if address.scheme == "s3+http" else "https",
        host=f"{address.hostname}:{port}" if port else address.hostname,
        bucket=bucket,
        region=parse_qs(address.query).get("region", ["us-east-1"])[0],
        key=unquote(address.username),
        secret=unquote(address.password),
    )
