from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from enterprises.supplier_lists.reading import MOST_BYTES


class InMemory(FileUploadHandler):
    """Keeps a file in memory and nowhere else, whatever its size; one that is too large, not at all.

    The only handler of a request whose file must leave no trace on the disk.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_BYTES:
            self.kept = BytesIO()
            self.request.had_too_large = True  # type: ignore[union-attr]
            raise SkipFile
        self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )
