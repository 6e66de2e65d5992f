"""Pages that staff write, and how one that is being written would look."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from directory.text_pages import TextPage, parts_context
from enterprises import page_texts
from enterprises.access import person
from enterprises.models import PageTextVersion


def text_page(request: HttpRequest, key: str) -> HttpResponse:
    version = page_texts.newest(key)
    if version is None:
        raise Http404
    return _shown(request, key, version)


@never_cache
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The public page as it would be with what was typed. Nothing is kept."""
    if key not in page_texts.PAGES:
        raise Http404
    if not person(request).has_perm("enterprises.change_pagetext"):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(page_texts.PAGES[key].url_name)
    typed = {name: request.POST.get(name, "") for name in page_texts.FIELDS}
    version = PageTextVersion(**typed, published_at=timezone.now())
    wrong = page_texts.problems(key, typed).get(f"body_{get_language()}", [])
    return _shown(request, key, version, is_preview=True, noindex=True, problems=wrong)


def _shown(request: HttpRequest, key: str, version: PageTextVersion, **context: Any) -> HttpResponse:
    context |= {
        "text": TextPage(key, version, request),
        "canonical": reverse(page_texts.PAGES[key].url_name),
    }
    return render(request, "pages/text.html", context | parts_context(request))
