"""What a new enterprise is asked before it is let in: five questions, one page each, and proof."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import access, criteria, proofs, proposals, publishing, rates
from enterprises.access import person
from enterprises.forms.admission import AnswerForm
from enterprises.models import CriterionAnswer, Enterprise, ProofFile
from enterprises.photos import uploads
from enterprises.photos.reading import RefusedError
from enterprises.views.trail import trail

logger = logging.getLogger(__name__)

# What five questions with five files each may take, and then some.
FILES_AN_HOUR = 60
# Nothing in a file of somebody else's may run, wherever a browser puts it.
LOCKED_UP = "default-src 'none'; sandbox"


@require_safe
@never_cache
@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What the council looks at, how far one is, and when to expect an answer."""
    enterprise = access.editable_or_404(request.user, slug)
    found = criteria.answers(enterprise)
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "is_asked": criteria.is_asked(enterprise),
        "rows": [(question, found.get(question.criterion)) for question in criteria.QUESTIONS],
        "unanswered": criteria.unanswered(enterprise),
        "missing": publishing.missing(enterprise),
        "proposal": proposals.open_one(enterprise),
        "workdays": criteria.ANSWERED_WITHIN_WORKDAYS,
        "noindex": True,
    }
    return render(request, "editing/admission.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def question(request: HttpRequest, slug: str, criterion: str) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    if criterion not in criteria.BY_CRITERION:
        raise Http404
    if not criteria.is_asked(enterprise):
        return redirect("admission", slug)
    answer = criteria.answers(enterprise).get(criterion)
    if request.method != "POST":
        return _page(request, enterprise, criterion, answer, AnswerForm(instance=answer))
    form = AnswerForm(request.POST, request.FILES)
    try:
        if not _saved(request, enterprise, criterion, form):
            return _page(request, enterprise, criterion, answer, form)
    except criteria.ClosedError:
        return redirect("admission", slug)
    left = criteria.unanswered(enterprise)
    if not left:
        messages.success(request, _("Gemt. I har svaret på alle fem spørgsmål."))
        return redirect("admission", slug)
    messages.success(request, _("Gemt."))
    return redirect("admission-question", slug, left[0].criterion.value)


def _saved(request: HttpRequest, enterprise: Enterprise, criterion: str, form: AnswerForm) -> bool:
    if uploads.had_too_large(request):
        form.refuse("file", proofs.too_large())
    if not form.is_valid():
        return False
    values = dict(form.cleaned_data)
    file = values.pop("file")
    try:
        if file:
            rates.count("proof", f"person-{person(request).pk}", most=FILES_AN_HOUR, seconds=rates.HOUR)
        with transaction.atomic():
            answer = criteria.save(
                enterprise,
                criterion,
                values,
                by=person(request),
                having_seen=request.POST.get("version", ""),
            )
            if file:
                proofs.add(answer, file.read(), called=file.name)
    except criteria.AnswerChangedError as conflict:
        form.conflict = conflict.present  # type: ignore[attr-defined]
        form.add_error(
            None, _("En anden har svaret i mellemtiden. Læs det, og gem igen, hvis dit skal gælde.")
        )
    except (RefusedError, rates.TooOftenError) as error:
        form.refuse("file", str(error))
    except OSError:
        logger.exception("A proof could not be stored")
        form.refuse("file", _("Filen kunne ikke gemmes lige nu. Prøv igen om lidt."))
    return form.is_valid()


def _page(
    request: HttpRequest,
    enterprise: Enterprise,
    criterion: str,
    answer: CriterionAnswer | None,
    form: AnswerForm,
) -> HttpResponse:
    conflict: CriterionAnswer | None = getattr(form, "conflict", None)
    order = list(criteria.BY_CRITERION)
    place = order.index(criterion)
    context: dict[str, Any] = {
        "enterprise": enterprise,
        "trail": [*trail(enterprise), (_("Optagelse"), _address(enterprise))],
        "question": criteria.BY_CRITERION[criterion],
        "number": place + 1,
        "total": len(order),
        "following": criteria.QUESTIONS[place + 1] if place + 1 < len(order) else None,
        "previous": criteria.QUESTIONS[place - 1] if place else None,
        "answer": answer,
        "conflict": conflict,
        # After a conflict one has seen what the other wrote; a mistake of one's own changes nothing.
        "version": criteria.version(conflict)
        if conflict
        else request.POST.get("version", criteria.version(answer)),
        "form": form,
        "noindex": True,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "editing/criterion.html", context, status=status)


def _address(enterprise: Enterprise) -> str:
    return reverse("admission", args=[enterprise.slug])


@require_safe
@never_cache
@login_required
def proof(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A file to save, for those who handed it in and the council's staff."""
    enterprise = get_object_or_404(access.visible_before_publication(request.user), slug=slug)
    file = get_object_or_404(ProofFile, pk=pk, answer__enterprise=enterprise)
    try:
        content = proofs.read(file)
    except FileNotFoundError as error:
        raise Http404 from error
    disposition = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": LOCKED_UP,
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(content, content_type=file.media_type, headers=headers)


@require_POST
@login_required
def remove_proof(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    file = get_object_or_404(ProofFile.objects.select_related("answer"), pk=pk, answer__enterprise=enterprise)
    try:
        with transaction.atomic():
            criteria.hold(enterprise)
            proofs.remove(file)
    except criteria.ClosedError:
        return redirect("admission", slug)
    messages.success(request, _("Bilaget er fjernet."))
    return redirect("admission-question", slug, file.answer.criterion)
