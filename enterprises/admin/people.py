"""Accounts, and what readers have reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises import reports
from enterprises.access import person
from enterprises.accounts import leaving
from enterprises.admin.base import ModelAdmin
from enterprises.admin.claims import EditorshipInline
from enterprises.admin.exporting import Exportable
from enterprises.mailable import checked_address
from enterprises.models import ErrorReport, User

if TYPE_CHECKING:
    _CreationForm = AdminUserCreationForm[User]
    _ChangeForm = UserChangeForm[User]
    _UserAdmin = StockUserAdmin[User]
else:
    _CreationForm = AdminUserCreationForm
    _ChangeForm = UserChangeForm
    _UserAdmin = StockUserAdmin

# What only a superuser may give: it is the power to give oneself everything else.
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserCreationForm(_CreationForm):
    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return checked_address(str(self.cleaned_data["email"]).lower())


class UserForm(_ChangeForm):
    class Meta:
        model = User
        exclude = ()

    def clean_email(self) -> str:
        return checked_address(str(self.cleaned_data["email"]).lower())


@admin.register(User)
class UserAdmin(Exportable, _UserAdmin):
    form = UserForm
    add_form = UserCreationForm
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")
    show_full_result_count = False
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Rettigheder"), {"fields": ("is_active", *POWERS)}),
        (_("Datoer"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")},
        ),
    )
    readonly_fields = ("last_login", "date_joined")
    actions = ("remove_second_step",)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return (EditorshipInline,) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        shown = super().get_readonly_fields(request, obj)
        return shown if person(request).is_superuser else (*shown, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # Codes go to the new address only, and it is confirmed by the first of them.
            EmailAddress.objects.filter(user=obj).delete()

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        leaving.let_go(obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            leaving.let_go(user)
        super().delete_queryset(request, queryset)

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    @admin.action(description=_("Fjern det andet trin (mistet telefon)"), permissions=["superuser"])
    def remove_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        Authenticator.objects.filter(user__in=queryset).delete()
        for user in queryset:
            self.log_change(request, user, str(_("Det andet trin er fjernet.")))
        self.message_user(request, _("Det andet trin er fjernet."))


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Nobody takes over the account of somebody with more power than their own."""
    return user is None or not user.is_superuser or person(request).is_superuser


class HandledFilter(admin.SimpleListFilter):
    title = _("behandlet")
    parameter_name = "handled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Åben")), ("yes", _("Behandlet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ErrorReport]) -> QuerySet[ErrorReport]:
        if self.value() in ("no", "yes"):
            return queryset.filter(handled_at__isnull=self.value() == "no")
        return queryset


@admin.register(ErrorReport)
class ErrorReportAdmin(Exportable, ModelAdmin):
    list_display = ("enterprise", "message", "email", "created_at", "handled_at", "handled_by")
    list_select_related = ("enterprise", "handled_by")
    list_filter = (HandledFilter,)
    search_fields = ("enterprise__name", "message")
    ordering = (F("handled_at").desc(nulls_first=True), "-created_at")
    readonly_fields = ("enterprise", "message", "email", "created_at", "handled_at", "handled_by")
    actions = ("mark_handled",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Markér som behandlet"), permissions=["change"])
    def mark_handled(self, request: HttpRequest, queryset: QuerySet[ErrorReport]) -> None:
        marked = reports.close(queryset, by=person(request))
        done = ngettext(
            "%(count)s fejlmelding er behandlet.", "%(count)s fejlmeldinger er behandlet.", marked
        )
        self.message_user(request, done % {"count": marked})
