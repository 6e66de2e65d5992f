from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    default = True
    verbose_name = _("Virksomhedskatalog")


class DeskConfig(admin.AdminConfig):
    default = False
    default_site = "enterprises.desk.Desk"
