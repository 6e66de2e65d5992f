from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    default = True
    verbose_name = _("Virksomhedskatalog")

    def ready(self) -> None:
        from enterprises.accounts import second_step

        second_step.follow_additions()


class DeskConfig(admin.AdminConfig):
    default = False
    default_site = "enterprises.desk.Desk"
