"""The enterprise's page: the working copy in the reader's order, its history, and the way to publish it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import admission, claims, publishing
from enterprises.admin import changelist, enterprise_columns, inlines
from enterprises.admin.base import AddressForm, ModelAdmin
from enterprises.admin.exporting import Column, Exportable
from enterprises.admin.place import PlaceInline
from enterprises.choices import ClaimState
from enterprises.models import Enterprise, Evidence, RegisterReading


class EnterpriseForm(AddressForm):
    class Meta:
        model = Enterprise
        exclude = ()
        help_texts = {"slug": gettext_lazy("Lad feltet stå tomt, så laves adressen af navnet.")}

    def made_from_name(self) -> str:
        return publishing.free_slug(self.cleaned_data.get("name", ""))


@admin.register(Enterprise)
class EnterpriseAdmin(Exportable, ModelAdmin):
    form = EnterpriseForm
    list_display = (
        "name",
        "kind",
        "status",
        "main_sector",
        "district",
        "is_demo",
        "confirmed_on",
        "updated_at",
    )
    list_filter = (
        "kind",
        changelist.StatusFilter,
        ("sectors", changelist.TermFilter),
        ("ownership", changelist.TermFilter),
        ("places__district", changelist.TermFilter),
        "is_demo",
    )
    list_per_page = 50
    search_fields = ("name", "cvr", "aliases")
    search_help_text = gettext_lazy("Søg på navn, CVR-nummer eller andre stavemåder.")
    ordering = ("name", "pk")
    actions = (
        changelist.publish_selected,
        changelist.withdraw_selected,
        changelist.confirm_today,
        changelist.read_in_register,
    )
    save_on_top = True
    readonly_fields = (
        "status",
        "rsv",
        "register",
        "confirmed_on",
        "imported_from",
        "is_demo",
        "editors",
        "publications",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "status",
                    "kind",
                    "name",
                    "slug",
                    "aliases",
                    ("cvr", "legal_form"),
                    "ownership",
                    "missions",
                )
            },
        ),
        (
            gettext_lazy("Tekster"),
            {
                "fields": (
                    ("tagline_da", "tagline_en"),
                    ("description_da", "description_en"),
                    ("impact_da", "impact_en"),
                )
            },
        ),
        (
            gettext_lazy("Kontakt"),
            {"fields": ("contact_name", ("phone", "email"), "mail_unwanted", "website")},
        ),
        (
            gettext_lazy("Tal"),
            {
                "fields": (
                    "founded",
                    ("employees", "employees_year"),
                    ("special_terms", "special_terms_year"),
                    ("owner_members", "owner_members_year"),
                    ("volunteers", "volunteers_year"),
                )
            },
        ),
        (
            gettext_lazy("Kilder og noter"),
            {"fields": (("source", "source_checked_on"), "source_urls", "notes")},
        ),
        (
            gettext_lazy("Register og udgivelser"),
            {
                "fields": (
                    "rsv",
                    "register",
                    "confirmed_on",
                    "imported_from",
                    "is_demo",
                    "editors",
                    "publications",
                )
            },
        ),
    )
    inlines = (
        inlines.SectorInline,
        PlaceInline,
        inlines.OfferInline,
        inlines.OpeningInline,
        inlines.BuyerFactsInline,
        inlines.EvidenceInline,
        inlines.MarkInline,
        inlines.LinkInline,
    )

    # -- the list -------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enterprise]:
        rows: QuerySet[Enterprise] = super().get_queryset(request)
        return rows.select_related("current", "legal_form", "ownership")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[changelist.EnterpriseChangeList]:
        return changelist.EnterpriseChangeList

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description=gettext_lazy("status"))
    def status(self, enterprise: Enterprise) -> str:
        return changelist.status(enterprise)

    @admin.display(description=gettext_lazy("hovedbranche"))
    def main_sector(self, enterprise: Enterprise) -> str | None:
        return next((str(chosen.sector) for chosen in enterprise.sector_ranks.all()), None)

    @admin.display(description=gettext_lazy("bydel"))
    def district(self, enterprise: Enterprise) -> str | None:
        return next((str(place.district) for place in enterprise.places.all() if place.district), None)

    def export_columns(self, request: HttpRequest) -> list[Column]:
        return enterprise_columns.all_columns()

    def export_rows(self, rows: QuerySet[Enterprise], keys: Sequence[str]) -> Iterator[Sequence[Any]]:
        return enterprise_columns.rows(rows, keys)

    # -- the page -------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Enterprise | None:
        """With what its read-only fields depend on: who looks."""
        found: Any = super().get_object(request, *args, **kwargs)
        if found:
            found.may_invite = changelist.person(request).has_perm(claims.DECIDES)
        return found  # type: ignore[no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Enterprise | None = None) -> Any:
        if obj:
            return self.fieldsets
        (title, first), *others = self.fieldsets[:-1]
        return [(title, {"fields": first["fields"][1:]}), *others]

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **kwargs | {"widget": forms.CheckboxSelectMultiple}
        )

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, inlines.SectorInline):
            taken = obj.sector_ranks.values_list("rank", flat=True) if obj.pk else ()
            kwargs["initial"] = [{"rank": rank} for rank in inlines.RANKS if rank not in taken]
        return kwargs

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Whoever notes the date of a check has made it, unless they name somebody else."""
        if formset.model is Evidence:
            for proof in (row.instance for row in formset.forms if row.has_changed()):
                if proof.checked_on and proof.checked_by_id is None:
                    proof.checked_by = changelist.person(request)
        super().save_formset(request, form, formset, change)

    @admin.display(description=gettext_lazy("RSV i CVR"))
    def rsv(self, enterprise: Enterprise) -> str:
        if enterprise.rsv_registered is None or enterprise.rsv_read_on is None:
            return _("Profilen siger intet om det.")
        answer = _("Registreret") if enterprise.rsv_registered else _("Ikke registreret")
        return _("%(answer)s, læst i CVR %(day)s") % {
            "answer": answer,
            "day": date_format(enterprise.rsv_read_on),
        }

    @admin.display(description=gettext_lazy("seneste læsning i CVR"))
    def register(self, enterprise: Enterprise) -> str:
        reading = RegisterReading.objects.filter(enterprise=enterprise).first()
        if reading is None:
            return _("Ikke læst endnu.")
        return render_to_string("admin/enterprises/enterprise/register.html", {"reading": reading})

    @admin.display(description=gettext_lazy("udgivelser"))
    def publications(self, enterprise: Enterprise) -> str:
        found = enterprise.publications.defer("snapshot").select_related("published_by").order_by("-number")
        withdrawals = enterprise.withdrawals.select_related("withdrawn_by", "merged_into")
        return render_to_string(
            "admin/enterprises/enterprise/publications.html",
            {"publications": found, "withdrawals": withdrawals, "current": enterprise.current_id},
        )

    @admin.display(description=gettext_lazy("hvem kan rette"))
    def editors(self, enterprise: Any) -> str:
        found = enterprise.editorships.select_related("user").order_by("pk")
        waiting = enterprise.claims.filter(state=ClaimState.OPEN)
        return render_to_string(
            "admin/enterprises/enterprise/editors.html",
            {
                "editorships": found,
                "waiting": waiting.count(),
                "enterprise": enterprise.pk,
                "may_invite": enterprise.may_invite,
            },
        )

    def view_on_site(self, enterprise: Enterprise) -> str | None:
        """The address readers have now, which need not be the working copy's."""
        if enterprise.current is None:
            return None
        return reverse("profile", args=[enterprise.current.snapshot["slug"]])

    def has_delete_permission(self, request: HttpRequest, obj: Enterprise | None = None) -> bool:
        """What has been public is withdrawn, never deleted: its address and history are kept."""
        if obj is not None and obj.publications.exists():
            return False
        return super().has_delete_permission(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        enterprise = form.instance
        shown = enterprise.places.filter(hidden=False).exclude(street="")
        if enterprise.legal_form and enterprise.legal_form.sole_trader and shown:
            self.message_user(
                request,
                _("Virksomheden er ejet af én person. Er adressen et hjem, så sæt kryds i “skjul adressen”."),
                messages.WARNING,
            )

    # -- publishing -----------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["can_publish"] = self.has_change_permission(request) and not context["is_popup"]
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Enterprise, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._publish(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Enterprise) -> HttpResponse:
        return self._publish(request, obj) or super().response_change(request, obj)

    def _publish(self, request: HttpRequest, enterprise: Enterprise) -> HttpResponse | None:
        """Publish what was just saved, if that was the button. The save stands whatever comes of it."""
        if "_publish" not in request.POST or IS_POPUP_VAR in request.POST:
            return None
        if not self.has_change_permission(request, enterprise):
            raise PermissionDenied
        try:
            publication = admission.publish(enterprise, by=changelist.person(request))
        except publishing.PublishError as error:
            self.message_user(request, _("Gemt, men ikke udgivet:"), messages.WARNING)
            for problem in error.problems:
                self.message_user(request, problem, messages.ERROR)
        else:
            self.message_user(
                request,
                _("%(name)s er udgivet som nr. %(number)s.")
                % {"name": enterprise.name, "number": str(publication.number)},
                messages.SUCCESS,
            )
        return HttpResponseRedirect(reverse("admin:enterprises_enterprise_change", args=[enterprise.pk]))
