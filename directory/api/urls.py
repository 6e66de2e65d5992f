from django.urls import path

from directory.api import views
from directory.page_cache import kept

urlpatterns = [
    path("enterprises", kept(views.enterprises), name="api-enterprises"),
    path("enterprises/<slug:slug>", kept(views.enterprise), name="api-enterprise"),
    path("openapi.json", kept(views.openapi), name="api-openapi"),
    path("<path:rest>", views.unknown, name="api-unknown"),
]
