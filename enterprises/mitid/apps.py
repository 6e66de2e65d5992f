from django.apps import AppConfig


class MitIDConfig(AppConfig):
    name = "enterprises.mitid"
    label = "mitid"

    def ready(self) -> None:
        from enterprises.mitid import grants

        grants.follow_logins()
