from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from enterprises.views import editing, own, photos, proposals

urlpatterns = [
    path(_("konto/"), include("enterprises.accounts.urls")),
    path(_("min/"), own.my_enterprises, name="my-enterprises"),
    path(_("min/<slug:slug>/"), editing.home, name="edit-enterprise"),
    # Files need forms of their own; the address is as any section's.
    path(_("min/<slug:slug>/ret/photos/"), photos.photos, name="photos"),
    path(_("min/<slug:slug>/ret/photos/<int:pk>/"), photos.photo, name="change-photo"),
    path(_("min/<slug:slug>/ret/<slug:section>/"), editing.section, name="edit-section"),
    path(_("min/<slug:slug>/aendringer/"), proposals.changes, name="changes"),
    path(_("min/<slug:slug>/forslag/traek-tilbage/"), proposals.withdraw, name="withdraw-proposal"),
    path(_("min/<slug:slug>/samtale/"), proposals.thread, name="thread"),
]
