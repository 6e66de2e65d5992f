from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.utils.translation import gettext_lazy as _

from enterprises import answers, views
from enterprises.choices import Answer

urlpatterns = [
    path(_("konto/log-ind/"), LoginView.as_view(template_name="account/log_in.html"), name="log-in"),
    path(_("konto/log-ud/"), LogoutView.as_view(), name="log-out"),
    path(_("bekraeft/<str:token>/"), answers.confirm, {"given": Answer.HOLDS}, name="confirm"),
    path(_("bekraeft/<str:token>/lukket/"), answers.confirm, {"given": Answer.GONE}, name="confirm-gone"),
    path(_("min/"), views.my_enterprises, name="my-enterprises"),
    path(_("min/<int:pk>/skilte/"), views.my_signs, name="my-signs"),
    path(_("min/<int:pk>/tal/"), views.my_numbers, name="my-numbers"),
]
