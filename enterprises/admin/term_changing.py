"""The pages on which a word of the taxonomies is changed: first what will happen, then the button."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises import term_carriers, term_changes, term_effects
from enterprises.access import person
from enterprises.choices import TermChangeKind, TermChangeState
from enterprises.forms.term_changes import ChangeForm, MergeForm, RenameForm, RetireForm, SplitForm
from enterprises.models import Enterprise, Term, TermChange
from enterprises.term_carriers import ChangeError

PER_PAGE = 50
FORMS: dict[TermChangeKind, type[ChangeForm]] = {
    TermChangeKind.RENAME: RenameForm,
    TermChangeKind.MERGE: MergeForm,
    TermChangeKind.SPLIT: SplitForm,
    TermChangeKind.RETIRE: RetireForm,
    TermChangeKind.REVIVE: ChangeForm,
}


def page(request: HttpRequest, desk: Any, term: Term, kind: TermChangeKind) -> HttpResponse:
    """`desk` is the taxonomy's own admin."""
    if not desk.has_change_permission(request, term):
        raise PermissionDenied
    if kind not in term_changes.possible(term):
        raise Http404
    form = FORMS[kind](term, request.POST or None)
    context = desk.admin_site.each_context(request) | {
        "title": _("%(what)s: %(name)s") % {"what": kind.label, "name": term},
        "opts": desk.opts,
        "term": term,
        "form": form,
        "kind": kind.value,
        "media": form.media,
    }
    if request.method == "POST" and form.is_valid():
        details = _details(form, request, context)
        if "_do" in request.POST and (done := _done(request, term, kind, details, form)):
            return done
        if "_preview" in request.POST or "_do" in request.POST:
            context["effects"] = term_effects.of(term, kind, details)
            context["seen"] = term_effects.seen(term, details)
    return TemplateResponse(request, "admin/enterprises/term/change.html", context)


def _details(form: ChangeForm, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(form, SplitForm):
        return form.details()
    carriers = list(term_carriers.carriers(form.term).prefetch_related("offers"))
    choices = form.choices(carriers)
    context |= {"split": _Rows(carriers, choices, form, request.POST.get("_page", ""))}
    return {"new": form.new, "choices": {key: choice for key, choice in choices.items() if choice != "keep"}}


class _Rows:
    """One page of those to choose for. What is chosen on the others goes along."""

    def __init__(
        self, carriers: list[Enterprise], choices: dict[str, str], form: SplitForm, asked: str
    ) -> None:
        self.last = max(1, -(-len(carriers) // PER_PAGE))
        self.number = min(max(int(asked), 1), self.last) if asked.isdecimal() else 1
        self.pages = range(1, self.last + 1)
        self.total = len(carriers)
        here = carriers[(self.number - 1) * PER_PAGE : self.number * PER_PAGE]
        self.rows = [(enterprise, choices[str(enterprise.pk)]) for enterprise in here]
        self.options = form.options
        shown = {str(enterprise.pk) for enterprise in here}
        self.others = json.dumps({key: choice for key, choice in choices.items() if key not in shown})


def _done(
    request: HttpRequest, term: Term, kind: TermChangeKind, details: dict[str, Any], form: ChangeForm
) -> HttpResponse | None:
    if request.POST.get("seen") != term_effects.seen(term, details):
        form.add_error(None, _("Der er ændret noget, siden du så det. Se efter igen."))
        return None
    try:
        change = term_changes.ask(term, kind, details, by=person(request), reason=form.cleaned_data["reason"])
    except ChangeError as error:
        form.add_error(None, error.problems)
        return None
    _tell(request, change)
    name = f"admin:enterprises_{type(term)._meta.model_name}_changelist"
    return HttpResponseRedirect(reverse(name))


def _tell(request: HttpRequest, change: TermChange) -> None:
    if change.state == TermChangeState.DONE:
        messages.success(request, change.outcome)
    else:
        told = _("Det er mange, så det gøres i baggrunden. Resultatet står under ændringer af ord.")
        messages.info(request, told)
