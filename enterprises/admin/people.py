"""Accounts, their roles, and what readers have reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises import reports, roles
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
    _GroupsField = forms.ModelMultipleChoiceField[Group]
else:
    _CreationForm = AdminUserCreationForm
    _ChangeForm = UserChangeForm
    _UserAdmin = StockUserAdmin
    _GroupsField = forms.ModelMultipleChoiceField

# What only a superuser may give: it is the power to give oneself everything else.
ALL_POWERS = ("is_superuser", "user_permissions")
# What those may give who give roles, as far as roles.py lets them.
ROLE = ("is_staff", "groups")


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

    def clean_groups(self) -> QuerySet[Group]:
        """Those that whoever asks may not give, they may not take either."""
        offered: Any = self.fields["groups"]
        others = self.instance.groups.exclude(pk__in=offered.queryset.values("pk"))
        return Group.objects.filter(Q(pk__in=self.cleaned_data["groups"]) | Q(pk__in=others.values("pk")))


class RolesField(_GroupsField):
    def label_from_instance(self, group: Group) -> str:
        role = roles.role_of(group)
        return f"{role.label}: {role.about}" if role else group.name


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
        (_("Rettigheder"), {"fields": ("is_active", *ROLE, *ALL_POWERS)}),
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
        if person(request).is_superuser:
            return shown
        gives = roles.may_give_roles(person(request), obj)
        return (*shown, *ALL_POWERS) if gives else (*shown, *ALL_POWERS, *ROLE)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Without the password, and the button to set another, for those who may not."""
        about, *others = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return (about, *others)
        return ((None, {"fields": ("email", "name")}), *others)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        return RolesField(
            queryset=roles.givable(person(request)),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=_("Roller"),
            help_text=_("Virker kun for medarbejdere, og først når de har sat et andet trin op."),
        )

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
    return user is None or roles.may_touch(person(request), user)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(StockGroupAdmin):
    """Groups of one's own. Those of the roles are what roles.py says: what was ticked here would not last."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and roles.role_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and roles.role_of(obj))


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
