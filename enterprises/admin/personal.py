"""A person's data at the desk: found by address (which stays out of the address bar), handed out, erased."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminEmailInputWidget
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.access import person
from enterprises.accounts import erasing

# Whoever may delete accounts may also see all that is kept of a person.
MAY = "enterprises.delete_user"
KINDS: dict[str, Promise] = {
    "accounts": gettext_lazy("Konti"),
    "unconfirmed_addresses": gettext_lazy("Adressen på andres konti, aldrig bekræftet"),
    "invitations": gettext_lazy("Invitationer"),
    "mails": gettext_lazy("Mails i loggen"),
    "proposals": gettext_lazy("Forslag, de har sendt"),
    "messages": gettext_lazy("Beskeder, de har skrevet"),
    "alerts": gettext_lazy("Søgninger, de følger"),
    "error_reports": gettext_lazy("Fejlmeldinger"),
    "inquiries": gettext_lazy("Forespørgsler, de har skrevet"),
    "inquiries_answered": gettext_lazy("Forespørgsler, de har fået eller svaret på"),
    "answers_about_criteria": gettext_lazy("Svar om kriterierne"),
    "proof_files": gettext_lazy("Bilag, de har lagt op"),
    "log_about_them": gettext_lazy("Rådets log om dem"),
    "places_to_look": gettext_lazy("Steder at se efter selv"),
}


class AddressForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mailadresse"), max_length=254, widget=AdminEmailInputWidget)


class EraseForm(AddressForm):
    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=gettext_lazy("Ja, slet det for altid"),
        error_messages={"required": gettext_lazy("Sæt kryds, hvis det skal slettes.")},
    )


def page(request: HttpRequest) -> HttpResponse:
    if not person(request).has_perm(MAY):
        raise PermissionDenied
    form = AddressForm(request.POST or None)
    erase = EraseForm(request.POST if "_erase" in request.POST else None)
    email = form.cleaned_data["email"] if request.method == "POST" and form.is_valid() else ""
    if email and "_export" in request.POST:
        return _file(email)
    if email and erase.is_bound and erase.is_valid():
        try:
            return _erased(request, email)
        except erasing.EraseError as error:
            erase.add_error(None, str(error))
    context = admin.site.each_context(request) | {
        "title": _("Personoplysninger"),
        "form": form,
        "erase": erase,
        "email": email,
        "found": _shown(erasing.found(email)) if email else [],
    }
    answer = TemplateResponse(request, "admin/person.html", context)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _shown(found: dict[str, list[dict[str, Any]]]) -> list[tuple[Promise, int, list[list[Any]]]]:
    """The kind, how many, and what there is to read in each; of an account, all that hangs on it too."""
    return [
        (KINDS[kind], len(rows), [line for row in rows for line in _lines(row)])
        for kind, rows in found.items()
    ]


def _lines(row: dict[str, Any]) -> list[list[Any]]:
    own = [
        value
        for value in row.values()
        if value not in (None, "") and not isinstance(value, bool | list | dict)
    ]
    inner = [
        value if isinstance(value, list) else [value]
        for value in row.values()
        if isinstance(value, list | dict)
    ]
    return [own] * bool(own) + [line for rows in inner for each in rows for line in _lines(each)]


def _file(email: str) -> HttpResponse:
    content = json.dumps(erasing.found(email), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    name = _("personoplysninger.json")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _erased(request: HttpRequest, email: str) -> HttpResponse:
    closed = erasing.erase(email, by=person(request))
    told = ngettext(
        "Alt om personen er slettet. %(count)s konto er lukket.",
        "Alt om personen er slettet. %(count)s konti er lukket.",
        closed,
    )
    messages.success(request, told % {"count": closed})
    return HttpResponseRedirect(reverse("admin:person"))
