from __future__ import annotations

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from enterprises.photos.reading import MOST_BYTES


class DropTooLarge(FileUploadHandler):
    """Reads a file that is too large to its end without keeping it, so that the rest of its form arrives.

    First among the handlers. What was dropped, `had_too_large` tells of the request.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MOST_BYTES:
            self.request.had_too_large = True  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def had_too_large(request: HttpRequest) -> bool:
    return getattr(request, "had_too_large", False)
