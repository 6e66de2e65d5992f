import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.models import Photo
from enterprises.photos import chores

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Makes the widths of all logos and photos that still lack them. Can be run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        waiting = list(Photo.objects.waiting().order_by("added_at").values_list("pk", flat=True))
        for pk in waiting:
            try:
                chores.make_widths(pk)
            except OSError:
                # One whose file cannot be read must not keep the others waiting.
                logger.exception("The widths of picture %s cannot be made", pk)
                failed += 1
        self.stdout.write(f"{len(waiting) - failed} pictures have their widths now.")
        if failed:
            raise CommandError(f"{failed} could not be made.")
