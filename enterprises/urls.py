from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Answer
from enterprises.views import addresses, confirm, editing, own, photos, proposals

urlpatterns = [
    path(_("konto/"), include("enterprises.accounts.urls")),
    path(_("bekraeft/<str:token>/"), confirm.confirm, {"given": Answer.HOLDS}, name="confirm"),
    path(_("bekraeft/<str:token>/lukket/"), confirm.confirm, {"given": Answer.GONE}, name="confirm-gone"),
    path(_("min/"), own.my_enterprises, name="my-enterprises"),
    path(_("min/<slug:slug>/"), editing.home, name="edit-enterprise"),
    # Files need forms of their own; the address is as any section's.
    path(_("min/<slug:slug>/ret/photos/"), photos.photos, name="photos"),
    path(_("min/<slug:slug>/ret/photos/<int:pk>/"), photos.photo, name="change-photo"),
    path(_("min/<slug:slug>/ret/<slug:section>/"), editing.section, name="edit-section"),
    path(_("min/<slug:slug>/adresser/"), addresses.suggestions, name="address-suggestions"),
    path(_("min/<slug:slug>/aendringer/"), proposals.changes, name="changes"),
    path(_("min/<slug:slug>/forslag/traek-tilbage/"), proposals.withdraw, name="withdraw-proposal"),
    path(_("min/<slug:slug>/samtale/"), proposals.thread, name="thread"),
    path(_("min/<slug:slug>/skilte/"), own.signs, name="my-signs"),
    path(_("min/<slug:slug>/tal/"), own.numbers, name="my-numbers"),
]
