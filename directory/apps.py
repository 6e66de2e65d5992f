from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import following, index_now, listings
        from directory.search_previews import compare
        from enterprises import alerts, search_previews

        listings.follow_publications()
        index_now.follow_publications()
        search_previews.answer_by(compare)
        alerts.searched_by(following.search, following.tell)
