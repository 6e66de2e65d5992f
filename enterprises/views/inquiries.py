"""A buyer's inquiry: written from a shortlist, confirmed by a link, and its answers side by side.

Reading a link's page changes nothing, since mail scanners read them all; its buttons do. The address is the
secret, so neither a login nor a cookie is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from enterprises import shortlist_cookie, shortlists
from enterprises.choices import InquiryOutcome, InquiryState
from enterprises.forms.inquiry import ASKED, ASKING, InquiryForm
from enterprises.inquiries import buying, reach, tokens, writing
from enterprises.inquiries.writing import InquiryError, LimitError
from enterprises.models import Inquiry, Shortlist
from enterprises.our_pages import from_our_pages
from enterprises.shortlists import RevokedError

View = Callable[..., HttpResponse]

# What a button is answered by, once it has led back to the page.
MESSAGES = {
    "sendt": _("Forespørgslen er sendt. Du får en mail, hver gang en af dem svarer."),
    "takket": _("Vi har sendt din tak til dem, der har svaret."),
    "udfald": _("Tak. Det hjælper rådet med at se, om det nytter."),
}


def private(view: View) -> View:
    """Nothing of it is kept or found by others."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return answered


# -- writing --------------------------------------------------------------------------------------


@private
@from_our_pages
def write(request: HttpRequest, token: str | None = None) -> HttpResponse:
    """To enterprises on the list in use, or on one that was shared."""
    try:
        shortlist = _shortlist(request, token)
    except RevokedError:
        return render(request, "shortlist/closed.html", {"noindex": True}, status=410)
    reaches = reach.of(shortlist.items.values_list("enterprise", flat=True))
    if not reaches:
        raise Http404
    form = InquiryForm(request.POST if request.method == "POST" else None)
    chosen, refused, status = _chosen(request), "", 200
    if request.method == "POST" and form.is_valid():
        written = form.save(commit=False)
        written.language = get_language() or settings.LANGUAGE_CODE
        on_list = [one.enterprise.pk for one in reaches if one.enterprise.pk in chosen]
        try:
            writing.write(written, on_list, str(get_adapter().get_client_ip(request)))
        except InquiryError as error:
            refused, status = str(error), 429 if isinstance(error, LimitError) else 200
        else:
            return redirect("inquiry-written")
    can = [one.enterprise.pk for one in reaches if not one.why_not]
    context = {
        "form": form,
        "asked": [form[name] for name in ASKED],
        "asking": [form[name] for name in ASKING],
        "reaches": reaches,
        # Who has few is likely to mean all of them.
        "chosen": chosen if form.is_bound else can if len(can) <= writing.MOST_ASKED else [],
        "nobody": not can,
        "refused": refused,
        "most": writing.MOST_ASKED,
        "list_url": reverse("shared-shortlist", args=[token]) if token else reverse("shortlist"),
        "days": settings.INQUIRY_DAYS,
        "noindex": True,
    }
    answer = render(request, "inquiry/write.html", context, status=status)
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _shortlist(request: HttpRequest, token: str | None) -> Shortlist:
    access = shortlists.opened(token) if token else None
    if not token:
        held = shortlists.all_opened(shortlist_cookie.read(request))
        access = held[0] if held else None
    if access is None:
        raise Http404
    return access.shortlist


def _chosen(request: HttpRequest) -> set[int]:
    numbers = request.POST.getlist("to")[: shortlists.MOST]
    return {int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 19}


@never_cache
@require_safe
def written(request: HttpRequest) -> HttpResponse:
    context = {"days": settings.INQUIRY_UNCONFIRMED_DAYS, "noindex": True}
    return render(request, "inquiry/written.html", context)


# -- the buyer's own page -------------------------------------------------------------------------


@csrf_exempt
@private
def inquiry(request: HttpRequest, token: str) -> HttpResponse:
    found = tokens.inquiry(token)
    if found is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            done = _done(request, found)
        except InquiryError as error:
            refused = str(error)
        else:
            return redirect(f"{reverse('inquiry', args=[token])}?besked={done}")
        found.refresh_from_db()
    return _page(request, found, refused)


def _done(request: HttpRequest, found: Inquiry) -> str:
    today, do = timezone.localdate(), request.POST.get("do")
    if do == "confirm":
        writing.confirm(found, today)
        return "sendt"
    if do == "thank":
        return "takket" if buying.thank(found) else ""
    given = request.POST.get("outcome")
    if given not in InquiryOutcome.values:
        raise Http404
    buying.tell_outcome(found, InquiryOutcome(given), today)
    return "udfald"


def _page(request: HttpRequest, found: Inquiry, refused: str) -> HttpResponse:
    today = timezone.localdate()
    recipients = buying.recipients(found)
    is_stopped, is_sent = found.state == InquiryState.STOPPED, found.state == InquiryState.SENT
    context = {
        "inquiry": found,
        "recipients": recipients,
        "answered": [row for row in recipients if row.answered_at],
        "is_sent": is_sent,
        "is_over": found.answer_by < today,
        "outcomes": InquiryOutcome.choices if buying.may_tell_outcome(found, today) else [],
        "message": MESSAGES.get(request.GET.get("besked", "")) if is_sent else "",
        "refused": refused,
        "contact_email": settings.CONTACT_EMAIL,
        "noindex": True,
    }
    if is_stopped:
        return render(request, "inquiry/stopped.html", context, status=410)
    name = "inquiry/answers.html" if is_sent else "inquiry/confirm.html"
    return render(request, name, context, status=409 if refused else 200)
