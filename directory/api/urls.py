from django.urls import path
from django.views.generic.base import RedirectView

from directory.api import views
from directory.page_cache import kept

urlpatterns = [
    path("enterprises", kept(views.enterprises), name="api-enterprises"),
    path("enterprises/<slug:slug>", kept(views.enterprise), name="api-enterprise"),
    path("enterprises.csv", views.enterprises_csv, name="api-enterprises-csv"),
    path("enterprises.ndjson", views.enterprises_ndjson, name="api-enterprises-ndjson"),
    path("places", views.places, name="api-places"),
    path("taxonomies", kept(views.taxonomies), name="api-taxonomies"),
    path("statistics", kept(views.statistics), name="api-statistics"),
    path("openapi.json", kept(views.openapi), name="api-openapi"),
    path("", RedirectView.as_view(pattern_name="open-data-api"), name="api"),
    path("<path:rest>", views.unknown, name="api-unknown"),
]
