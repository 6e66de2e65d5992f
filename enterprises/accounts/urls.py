"""Everything under /konto/. allauth finds its views by their names; the addresses are ours."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.urls import path
from django.utils.translation import gettext_lazy as _

from enterprises.accounts import views
from enterprises.mitid import views as mitid

urlpatterns = [
    path("", views.home, name="account"),
    # The ordinary way in is a code, so allauth's two names lead to the same page.
    path(_("log-ind/"), account.request_login_code, name="account_login"),
    path(_("log-ind/"), account.request_login_code, name="account_request_login_code"),
    path(_("log-ind/kode/"), account.confirm_login_code, name="account_confirm_login_code"),
    path(_("log-ind/adgangskode/"), account.login, name="account-log-in-by-password"),
    path(_("log-ind/noegle/"), keys.login_webauthn, name="mfa_login_webauthn"),
    path(_("log-ind/andet-trin/"), second_step.authenticate, name="mfa_authenticate"),
    path(_("log-ud/"), account.logout, name="account_logout"),
    path(_("opret/"), account.signup, name="account_signup"),
    path(_("opret/kode/"), account.email_verification_sent, name="account_email_verification_sent"),
    path(_("lukket/"), account.account_inactive, name="account_inactive"),
    path(_("er-det-dig/"), account.reauthenticate, name="account_reauthenticate"),
    path(_("er-det-dig/andet-trin/"), second_step.reauthenticate, name="mfa_reauthenticate"),
    path(_("er-det-dig/noegle/"), keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(_("mail/"), views.change_email, name="account_email"),
    path(_("mail/koder/"), views.change_email_codes, name="account-email-codes"),
    path(_("adgangskode/"), account.password_change, name="account_change_password"),
    path(_("adgangskode/ny/"), account.password_set, name="account_set_password"),
    path(_("andet-trin/"), second_step.index, name="mfa_index"),
    path(_("andet-trin/app/"), app.activate_totp, name="mfa_activate_totp"),
    path(_("andet-trin/app/fjern/"), app.deactivate_totp, name="mfa_deactivate_totp"),
    path(_("andet-trin/noedkoder/"), recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        _("andet-trin/noedkoder/nye/"),
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        _("andet-trin/noedkoder/hent/"),
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(_("noegler/"), keys.list_webauthn, name="mfa_list_webauthn"),
    path(_("noegler/ny/"), keys.add_webauthn, name="mfa_add_webauthn"),
    path(_("noegler/<int:pk>/"), keys.edit_webauthn, name="mfa_edit_webauthn"),
    path(_("noegler/<int:pk>/fjern/"), keys.remove_webauthn, name="mfa_remove_webauthn"),
    path(_("steder/"), sessions.list_usersessions, name="usersessions_list"),
    path("data.json", views.export, name="account-data"),
    path(_("slet/"), views.delete, name="account-delete"),
    path("mitid/", mitid.login, name="mitid_login"),
    path(_("mitid/retur/"), mitid.callback, name="mitid_callback"),
    path(_("mitid/fjern/"), mitid.disconnect, name="mitid-disconnect"),
    path(_("mitid/opret/"), social.signup, name="socialaccount_signup"),
    path(_("mitid/afbrudt/"), social.login_cancelled, name="socialaccount_login_cancelled"),
]
