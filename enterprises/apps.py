from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    default = True
    verbose_name = _("Virksomhedskatalog")

    def ready(self) -> None:
        from enterprises import districts, roles
        from enterprises.accounts import second_step

        second_step.follow_additions()
        post_migrate.connect(roles.keep, sender=self, dispatch_uid="roles")
        checks.register(districts.check_boundaries, checks.Tags.database)


class DeskConfig(admin.AdminConfig):
    default = False
    default_site = "enterprises.desk.Desk"
