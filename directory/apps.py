from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import index_now, listings

        listings.follow_publications()
        index_now.follow_publications()
