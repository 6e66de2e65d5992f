"""The council's desk: Django's admin, with publishing on top."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enterprises.admin import confirmations, enterprise, missed, people, place, publication, taxonomy

__all__ = ["confirmations", "enterprise", "missed", "people", "place", "publication", "taxonomy"]

admin.site.site_header = _("Den fælles by – rådets skrivebord")
admin.site.site_title = _("Rådets skrivebord")
admin.site.index_title = _("Kataloget")
