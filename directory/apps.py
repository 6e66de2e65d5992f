from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import listings
        from directory.search_previews import compare
        from enterprises import search_previews

        listings.follow_publications()
        search_previews.answer_by(compare)
