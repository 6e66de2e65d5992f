"""“Tilføj din virksomhed”: the form, and the question whether they are here already."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enterprises import access, adding, criteria, rates
from enterprises.access import person
from enterprises.duplicates import Candidate
from enterprises.forms.adding import AddForm
from enterprises.models import Enterprise

# Looking whether one is here already counts too.
TRIES_A_DAY = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, AddForm())
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        rates.count("add", f"person-{person(request).pk}", most=TRIES_A_DAY, seconds=rates.DAY)
    except rates.TooOftenError as error:
        form.add_error(None, str(error))
        return _page(request, form, status=429)
    holder = adding.holder(form.cleaned_data["cvr"])
    if holder and access.editable(request.user).filter(pk=holder.pk).exists():
        messages.info(request, _("Virksomheden er her allerede, og du kan rette den."))
        return redirect("edit-enterprise", holder.slug)
    if holder:
        return _page(request, form, holder=holder)
    alike = adding.alike(form.facts())
    if not _have_been_shown(request, alike):
        return _page(request, form, alike=alike)
    return _added(request, form)


def _added(request: HttpRequest, form: AddForm) -> HttpResponse:
    try:
        enterprise = adding.add(form.instance, form.place(), by=person(request))
    except (adding.AddError, IntegrityError):
        # Somebody else was first, a moment ago: asked again, the page can say who it was.
        form.add_error(None, _("Nogen har lige tilføjet det samme. Tryk igen for at se, hvem det er."))
        return _page(request, form)
    messages.success(
        request, _("Så er I i gang. Her er jeres egen side; ingen andre end rådet kan se den endnu.")
    )
    return redirect("edit-enterprise", enterprise.slug)


def _have_been_shown(request: HttpRequest, alike: list[Candidate]) -> bool:
    """Whether the person has said “no” to all of them. Of those found since, they are asked again."""
    shown = set(request.POST.get("others", "").split("-"))
    return {str(candidate.enterprise.pk) for candidate in alike} <= shown


def _page(
    request: HttpRequest,
    form: AddForm,
    *,
    holder: Enterprise | None = None,
    alike: list[Candidate] | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "form": form,
        "holder": holder,
        "alike": alike,
        "others": "-".join(str(candidate.enterprise.pk) for candidate in alike or ()),
        "workdays": criteria.ANSWERED_WITHIN_WORKDAYS,
        "contact_email": settings.CONTACT_EMAIL,
        "noindex": True,
    }
    return render(request, "adding/form.html", context, status=status or (422 if form.errors else 200))
