"""Which of a buyer's suppliers are here. What is sent is answered and forgotten: nothing of it is written."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from directory import catalogue as catalogues
from directory import number_check, number_check_files
from directory.number_check import Answer
from directory.page_cache import kept
from enterprises import exports, rates, shortlists
from enterprises.our_pages import from_our_pages
from enterprises.photos.uploads import had_too_large
from enterprises.supplier_lists import reading
from enterprises.supplier_lists.reading import ListRefused, SupplierList
from enterprises.supplier_lists.uploads import InMemory

# From one address, behind which a whole town hall may sit.
CHECKS_AN_HOUR = 200
# What a column was taken for.
_LABELS = {
    "number": gettext_lazy("CVR-nummer"),
    "name": gettext_lazy("Navn"),
    "amount": gettext_lazy("Beløb"),
    "product": gettext_lazy("Vare"),
    "branch": gettext_lazy("Branche"),
}


# The form carries no token: from_our_pages looks after what is sent.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponseBase:
    view = _answered if request.method == "POST" else _asked
    return view(request)


@kept
def _asked(request: HttpRequest) -> HttpResponse:
    return _form(request)


def _form(request: HttpRequest, problem: str = "", typed: str = "", status: int = 200) -> HttpResponse:
    context = {
        "problem": problem,
        "typed": typed,
        "most": reading.MOST_SUPPLIERS,
        "canonical": reverse("number-check"),
    }
    return render(request, "numbers/form.html", context, status=status)


@from_our_pages
@never_cache
def _answered(request: HttpRequest) -> HttpResponse:
    request.upload_handlers = [InMemory(request)]
    typed = ""
    try:
        rates.count(
            "number check", get_adapter().get_client_ip(request), most=CHECKS_AN_HOUR, seconds=rates.HOUR
        )
        typed = request.POST.get("list", "")
        read = _read(request, typed)
    except rates.TooOftenError as error:
        return _form(request, str(error), status=429)
    except RequestDataTooBig:
        return _form(request, _("Listen er for lang til at blive sat ind. Del den i flere."), status=413)
    except ListRefused as refused:
        return _form(request, str(refused), typed, status=400)
    answer = number_check.answer(read, catalogues.of(request))
    wanted = request.POST.get("as", "")
    # A file is answered by a file as any other page is, but Django types it more narrowly.
    return _file(answer, wanted) if wanted in ("xlsx", "csv") else _page(request, answer)  # type: ignore[return-value]


def _read(request: HttpRequest, typed: str) -> SupplierList:
    if had_too_large(request):
        raise ListRefused(reading.too_large())
    file = request.FILES.get("file")
    read = reading.of_file(file.read()) if file else reading.of_text(typed)
    if not read.suppliers:
        raise ListRefused(_("Vi fandt ingen numre. Indsæt CVR-numre, eller vælg en fil med dem."))
    return read


def _file(answer: Answer, suffix: str) -> HttpResponseBase:
    name = f"{_('leverandoerer')}.{suffix}"
    sheet = number_check_files.suppliers_sheet(answer)
    if suffix == "xlsx":
        book = exports.xlsx([sheet, number_check_files.sectors_sheet(answer)])
        return FileResponse(book, as_attachment=True, filename=name, content_type=exports.FORMATS[suffix])
    parts = exports.csv_parts(sheet.header, sheet.rows)
    response = StreamingHttpResponse(parts, content_type=exports.FORMATS[suffix])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: HttpRequest, answer: Answer) -> HttpResponse:
    listed = [(row, number_check_files.grounds(row), number_check_files.rsv(row)) for row in answer.listed]
    context: dict[str, Any] = {
        "answer": answer,
        "listed": listed,
        "unread": [(row, number_check_files.said(row.state)) for row in answer.unread],
        "with_alternatives": [row for row in answer.elsewhere if row.alternatives],
        "without": [row for row in answer.elsewhere if not row.alternatives],
        "listed_share": answer.share(answer.listed_sum),
        "sectors": [
            (one, answer.share(one.bought_sum), answer.share(one.could_be_sum)) for one in answer.sectors
        ],
        "read_as": [(_LABELS[role], heading) for role, heading in answer.headings.items() if role in _LABELS],
        "again": reading.written([row.supplier for row in answer.rows]),
        "to_save": [row.profile.listing.pk for row in answer.listed[: shortlists.MOST] if row.profile],
        "noindex": True,
    }
    return render(request, "numbers/answer.html", context)
