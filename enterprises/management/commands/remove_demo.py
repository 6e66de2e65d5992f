from typing import Any

from django.core.management.base import BaseCommand

from enterprises.content import loading


class Command(BaseCommand):
    help = "Removes all demo content. Real enterprises are not touched."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{loading.remove_demo()} demo enterprises are gone.")
