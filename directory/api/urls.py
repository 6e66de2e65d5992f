from django.urls import path
from django.views.generic.base import RedirectView

from directory.api import views
from directory.page_cache import kept

urlpatterns = [
    path("enterprises", kept(views.enterprises), name="api-enterprises"),
    path("enterprises/<slug:slug>", kept(views.enterprise), name="api-enterprise"),
    path("enterprises/<slug:slug>.jsonld", kept(views.enterprise_jsonld), name="api-enterprise-jsonld"),
    path("enterprises.csv", views.enterprises_csv, name="api-enterprises-csv"),
    path("enterprises.ndjson", views.enterprises_ndjson, name="api-enterprises-ndjson"),
    path("enterprises.jsonld", views.enterprises_jsonld, name="api-enterprises-jsonld"),
    path("places", views.places, name="api-places"),
    path("taxonomies", kept(views.taxonomies), name="api-taxonomies"),
    path("taxonomies.jsonld", kept(views.taxonomies_jsonld), name="api-taxonomies-jsonld"),
    path("taxonomies.ttl", kept(views.taxonomies_turtle), name="api-taxonomies-turtle"),
    path("statistics", kept(views.statistics), name="api-statistics"),
    path("context.jsonld", kept(views.context), name="api-context"),
    path("openapi.json", kept(views.openapi), name="api-openapi"),
    path("", RedirectView.as_view(pattern_name="open-data-api"), name="api"),
    path("<path:rest>", views.unknown, name="api-unknown"),
]
