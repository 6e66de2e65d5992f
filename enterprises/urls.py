from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from enterprises import views

urlpatterns = [
    path(_("konto/"), include("enterprises.accounts.urls")),
    path(_("min/"), views.my_enterprises, name="my-enterprises"),
]
