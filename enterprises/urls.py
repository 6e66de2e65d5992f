from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.utils.translation import gettext_lazy as _

from enterprises.views import editing, own, proposals

urlpatterns = [
    path(_("konto/log-ind/"), LoginView.as_view(template_name="account/log_in.html"), name="log-in"),
    path(_("konto/log-ud/"), LogoutView.as_view(), name="log-out"),
    path(_("min/"), own.my_enterprises, name="my-enterprises"),
    path(_("min/<slug:slug>/"), editing.home, name="edit-enterprise"),
    path(_("min/<slug:slug>/ret/<slug:section>/"), editing.section, name="edit-section"),
    path(_("min/<slug:slug>/aendringer/"), proposals.changes, name="changes"),
    path(_("min/<slug:slug>/forslag/traek-tilbage/"), proposals.withdraw, name="withdraw-proposal"),
    path(_("min/<slug:slug>/samtale/"), proposals.thread, name="thread"),
]
