"""The pages that an enterprise's link leads to: read the inquiry, answer it, or say that it is abuse."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from enterprises.forms.inquiry import AbuseForm, AnswerForm
from enterprises.inquiries import answering, tokens
from enterprises.inquiries.answering import Closed
from enterprises.models import InquiryAbuse, InquiryRecipient
from enterprises.views.inquiries import private


def _opened(token: str) -> InquiryRecipient:
    found = tokens.recipient(token)
    if found is None:
        raise Http404
    return found


@csrf_exempt
@private
def answer(request: HttpRequest, token: str) -> HttpResponse:
    recipient = _opened(token)
    # What is sent may be empty, and is an answer that lacks something.
    today, form = timezone.localdate(), AnswerForm(request.POST if request.method == "POST" else None)
    closed = answering.why_closed(recipient, today)
    raced = False
    if request.method == "POST" and closed is None and form.is_valid():
        try:
            answering.answer(recipient, form.said, today)
        except answering.ClosedError:
            # Somebody else was faster, or the day was over.
            raced = True
            recipient = _opened(token)
            closed = answering.why_closed(recipient, today)
        else:
            return redirect("answer-inquiry", token)
    context = {
        "recipient": recipient,
        "inquiry": recipient.inquiry,
        "token": token,
        "form": form,
        "is_late": closed == Closed.LATE,
        "is_gone": closed == Closed.GONE,
        "raced": raced or (request.method == "POST" and closed == Closed.ANSWERED),
        "contact_email": settings.CONTACT_EMAIL,
        "noindex": True,
    }
    if closed == Closed.STOPPED:
        return render(request, "inquiry/stopped.html", context, status=410)
    if closed == Closed.ANSWERED:
        return render(request, "inquiry/answered.html", context, status=409 if context["raced"] else 200)
    if closed:
        return render(request, "inquiry/closed.html", context, status=410)
    return render(request, "inquiry/answer.html", context)


@csrf_exempt
@private
def report(request: HttpRequest, token: str) -> HttpResponse:
    recipient = _opened(token)
    form = AbuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answering.report(recipient, form.cleaned_data["text"])
        return redirect("report-inquiry", token)
    context = {
        "recipient": recipient,
        "inquiry": recipient.inquiry,
        "token": token,
        "form": form,
        "is_reported": InquiryAbuse.objects.filter(recipient=recipient).exists(),
        "noindex": True,
    }
    return render(request, "inquiry/report.html", context)
