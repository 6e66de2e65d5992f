from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from enterprises import photo_views, views

urlpatterns = [
    path(_("konto/"), include("enterprises.accounts.urls")),
    path(_("min/"), views.my_enterprises, name="my-enterprises"),
    path(_("min/<int:pk>/billeder/"), photo_views.photos, name="photos"),
    path(_("min/<int:pk>/billeder/<int:photo_pk>/"), photo_views.photo, name="change-photo"),
]
