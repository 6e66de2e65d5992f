"""An editor's way to the council: read the changes, send them, talk about them, take them back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises import access, criteria, proposals, publishing, snapshots, words
from enterprises.access import person
from enterprises.models import Enterprise
from enterprises.views.trail import trail


class SayForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Din besked til rådet"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Skriv en besked.")},
    )


class SubmitForm(SayForm):
    text = forms.CharField(
        label=gettext_lazy("Er der noget, rådet skal vide?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """What differs from the public page, in words, and the button that sends it."""
    enterprise = access.editable_or_404(request.user, slug, *snapshots.RELATIONS)
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        having_seen, message = request.POST.get("seen", ""), form.cleaned_data["text"]
        try:
            proposals.submit(enterprise, by=person(request), having_seen=having_seen, message=message)
        except proposals.ProposalError as error:
            messages.error(request, str(error))
            return redirect("changes", slug)
        messages.success(request, _sent(enterprise))
        return redirect("edit-enterprise", slug)
    return render(request, "editing/changes.html", _about(enterprise) | {"form": form})


def _sent(enterprise: Enterprise) -> str:
    if criteria.is_asked(enterprise):
        return _("Sendt. Rådet svarer inden for %(workdays)s hverdage, her på siden og med en mail.") % {
            "workdays": criteria.ANSWERED_WITHIN_WORKDAYS
        }
    return _("Sendt. I får svar her på siden og med en mail.")


def _about(enterprise: Enterprise) -> dict[str, Any]:
    current, snapshot = enterprise.current, snapshots.take(enterprise)
    before = snapshots.upgrade(current.snapshot, current.schema_version) if current else {}
    return {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "differences": words.differences(before, snapshot),
        "missing": publishing.missing(enterprise),
        "unanswered": criteria.unanswered(enterprise),
        "proposal": proposals.open_one(enterprise),
        "seen": proposals.seen(enterprise),
        "noindex": True,
    }


@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    try:
        proposals.withdraw(enterprise, by=person(request))
    except proposals.ProposalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Forslaget er trukket tilbage. Jeres ændringer er her stadig."))
    return redirect("edit-enterprise", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def thread(request: HttpRequest, slug: str) -> HttpResponse:
    """All that has been said about the enterprise's proposals, and a field to answer in."""
    enterprise = access.editable_or_404(request.user, slug)
    waiting = proposals.open_one(enterprise)
    form = SayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if waiting is None:
                raise proposals.ProposalError(_("Der er ikke noget forslag, der venter."))
            proposals.say(waiting, form.cleaned_data["text"], by=person(request), from_council=False)
        except proposals.ProposalError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Din besked er sendt."))
        return redirect("thread", slug)
    last = waiting.messages.last() if waiting else None
    found = enterprise.proposals.select_related("submitted_by").prefetch_related("messages__author")
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "proposals": found,
        "waiting": waiting,
        "is_asked": last is not None and last.from_council,
        "form": form,
        "noindex": True,
    }
    return render(request, "editing/thread.html", context)
