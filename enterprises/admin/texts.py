"""The pages that staff write: both languages side by side, a preview, and every earlier version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from enterprises import page_texts
from enterprises.access import person
from enterprises.admin.base import ModelAdmin, ModelForm, ReadOnlyAdmin
from enterprises.models import PageText, PageTextVersion, Threshold

LONGEST = 40_000
LANGUAGES = ("da", "en")


class TextForm(forms.Form):
    """All that a version says. `seen` names the version it was made from."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Hvorfor"),
        help_text=gettext_lazy("Hvad der er ændret, hvis det ikke siger sig selv. Kun rådet ser det."),
        max_length=200,
        required=False,
        widget=AdminTextInputWidget,
    )

    def __init__(self, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        for name in page_texts.FIELDS:
            model_field: Any = PageTextVersion._meta.get_field(name)
            attrs = {"lang": name[-2:]}
            is_body = name.startswith("body")
            widget = AdminTextareaWidget(attrs | {"rows": 30}) if is_body else AdminTextInputWidget(attrs)
            self.fields[name] = forms.CharField(
                label=page_texts.field_label(name),
                max_length=LONGEST if is_body else model_field.max_length,
                widget=widget,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # Browsers send line ends of their own.
        cleaned |= {n: cleaned[n].replace("\r\n", "\n") for n in page_texts.FIELDS if n in cleaned}
        if all(f"body_{language}" in cleaned for language in LANGUAGES):
            for name, found in page_texts.problems(self.key, cleaned).items():
                self.add_error(name, found)
        return cleaned

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in page_texts.FIELDS}

    def rows(self) -> list[list[forms.BoundField]]:
        """The two languages beside each other."""
        names = dict.fromkeys(name[:-3] for name in page_texts.FIELDS)
        return [[self[f"{name}_{language}"] for language in LANGUAGES] for name in names]


@admin.register(PageText)
class PageTextAdmin(ReadOnlyAdmin):
    list_display = ("label", "newest_number", "newest_at", "newest_by")
    list_display_links = ("label",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PageText]:
        newest = PageTextVersion.objects.order_by("page_id", "-number").distinct("page_id")
        rows: QuerySet[PageText] = super().get_queryset(request).filter(key__in=page_texts.PAGES)
        return rows.prefetch_related(
            Prefetch("versions", newest.select_related("published_by"), to_attr="newest")
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("enterprises.change_pagetext"))

    # -- columns --------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("side"))
    def label(self, page: PageText) -> str:
        return str(page)

    @admin.display(description=gettext_lazy("udgave"))
    def newest_number(self, page: Any) -> int:
        return int(page.newest[0].number)

    @admin.display(description=gettext_lazy("udgivet"))
    def newest_at(self, page: Any) -> Any:
        return page.newest[0].published_at

    @admin.display(description=gettext_lazy("udgivet af"))
    def newest_by(self, page: Any) -> str:
        return str(page.newest[0].published_by or "–")

    # -- writing --------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        versions = path(
            "<int:pk>/versions/",
            self.admin_site.admin_view(self.versions),
            name="enterprises_pagetext_versions",
        )
        return [versions, *super().get_urls()]

    def _page(self, request: HttpRequest, pk: str | int) -> PageText:
        page = get_object_or_404(PageText.objects.filter(key__in=page_texts.PAGES), pk=pk)
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        return page

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        page = self._page(request, object_id)
        if not self.has_change_permission(request, page):
            if request.method == "POST":
                raise PermissionDenied
            return HttpResponseRedirect(reverse("admin:enterprises_pagetext_versions", args=[page.pk]))
        newest = page.versions.select_related("published_by")[0]
        said = {name: getattr(newest, name) for name in page_texts.FIELDS} | {"seen": newest.number}
        form = TextForm(page.key, request.POST or None, initial=said)
        stale: PageTextVersion | None = None
        if request.method == "POST" and form.is_valid():
            try:
                return self._published(request, page, form)
            except page_texts.StaleTextError as error:
                stale = error.newest
        context = self._context(page, str(page)) | {
            "form": form,
            "newest": newest,
            # What they see now is the newest; publishing once more is a decision.
            "seen": stale.number if stale else form["seen"].value(),
            "stale": stale,
            "missed": page_texts.changes(self._seen(page, form), stale) if stale else [],
            "placeholders": page_texts.placeholders(page.key),
            "previews": [(language, _preview(page.key, language)) for language in LANGUAGES],
            "public": reverse(page_texts.PAGES[page.key].url_name),
        }
        return self._answer(request, "write", context)

    def _published(self, request: HttpRequest, page: PageText, form: TextForm) -> HttpResponse:
        seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
        version = page_texts.publish(page, form.values(), by=person(request), having_seen=seen, note=note)
        told = _("Udgave nr. %(number)s er udgivet. Alle kan læse den nu.") % {"number": version.number}
        self._tell(request, page, told)
        return HttpResponseRedirect(reverse("admin:enterprises_pagetext_change", args=[page.pk]))

    def _seen(self, page: PageText, form: TextForm) -> PageTextVersion:
        """The version somebody wrote on."""
        return page.versions.filter(number=form.cleaned_data["seen"]).first() or page.versions.all()[0]

    # -- earlier versions -----------------------------------------------------------------------

    def versions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All of them; two compared in words; any brought back."""
        page = self._page(request, pk)
        versions = list(page.versions.select_related("published_by"))
        by_number = {str(version.number): version for version in versions}
        newest = versions[0]
        if request.method == "POST":
            return self._brought_back(request, page, by_number.get(request.POST.get("number", "")))
        older = by_number.get(request.GET.get("before", ""), versions[1] if len(versions) > 1 else newest)
        newer = by_number.get(request.GET.get("after", ""), newest)
        context = self._context(page, _("Udgaver af “%(page)s”") % {"page": page}) | {
            "versions": versions,
            "newest": newest,
            "older": older,
            "newer": newer,
            "changes": page_texts.changes(older, newer),
            "may_change": self.has_change_permission(request, page),
        }
        return self._answer(request, "versions", context)

    def _brought_back(
        self, request: HttpRequest, page: PageText, version: PageTextVersion | None
    ) -> HttpResponse:
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        seen = request.POST.get("seen", "")
        if version is None or not seen.isdecimal():
            raise Http404
        # The site may have come to know other names since.
        values = {name: getattr(version, name) for name in page_texts.FIELDS}
        try:
            if page_texts.problems(page.key, values):
                told = _("Nr. %(number)s nævner noget, siden ikke kender mere. Kopiér teksten, og ret den.")
                messages.error(request, told % {"number": version.number})
            else:
                new = page_texts.bring_back(version, by=person(request), having_seen=int(seen))
                told = _("Nr. %(old)s er bragt tilbage som nr. %(new)s. Alle kan læse den nu.")
                self._tell(request, page, told % {"old": version.number, "new": new.number})
        except page_texts.StaleTextError:
            messages.error(request, _("Der er udgivet en ny udgave i mellemtiden. Se efter igen."))
        return HttpResponseRedirect(reverse("admin:enterprises_pagetext_versions", args=[page.pk]))

    # -- what both share ------------------------------------------------------------------------

    def _tell(self, request: HttpRequest, page: PageText, told: str) -> None:
        self.log_change(request, page, told)
        messages.success(request, told)

    def _context(self, page: PageText, title: str) -> dict[str, Any]:
        return {"title": title, "opts": self.opts, "page": page, "media": self.media}

    def _answer(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = self.admin_site.each_context(request)
        return TemplateResponse(request, f"admin/enterprises/pagetext/{template}.html", shared | context)


def _preview(key: str, language: str) -> str:
    with override(language):
        return reverse("preview-text", args=[key])


class ThresholdForm(ModelForm):
    def clean(self) -> dict[str, Any]:
        """Texts that name a key must find it again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        key = self.instance.key if self.instance.pk else ""
        if key and cleaned.get("key") != key and not _others(key, self.instance.pk) and _named_by(key):
            self.add_error("key", _named(key))
        return cleaned


@admin.register(Threshold)
class ThresholdAdmin(ModelAdmin):
    form = ThresholdForm
    list_display = ("key", "label_da", "amount", "approximate", "valid_from", "valid_to", "read_on")
    list_filter = ("key",)
    search_fields = ("key", "label_da", "label_en")
    ordering = ("key", "-valid_from")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that a text names stays: an end date is what ends it."""
        may = bool(super().has_delete_permission(request, obj))
        return may and not (obj and not _others(obj.key, obj.pk) and _named_by(obj.key))

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleting many at once would not ask the texts."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _others(key: str, pk: int) -> bool:
    return Threshold.objects.filter(key=key).exclude(pk=pk).exists()


def _named_by(key: str) -> list[str]:
    return page_texts.naming(f"{{{page_texts.THRESHOLD}:{key}}}")


def _named(key: str) -> str:
    return _("Teksterne nævner nøglen: %(pages)s.") % {"pages": ", ".join(_named_by(key))}
