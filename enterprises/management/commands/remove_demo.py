from typing import Any

from django.core.management.base import BaseCommand

from enterprises.content import accounts, loading


class Command(BaseCommand):
    help = "Removes all demo content. Real enterprises are not touched."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts.close()
        self.stdout.write(f"{loading.remove_demo()} demo enterprises are gone, and their accounts are shut.")
