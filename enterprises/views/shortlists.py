"""Saving to a shortlist, and changing one. Reading it is directory/views/shortlists.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enterprises import rates, shortlist_cookie, shortlists
from enterprises.choices import Right
from enterprises.our_pages import from_our_pages
from enterprises.shortlists import Access, NoteConflictError, RevokedError, ShortlistError

# From one address, behind which a whole town hall may sit.
CHANGES_AN_HOUR, LISTS_A_DAY = 2_000, 200

Action = Callable[[Access, HttpRequest], str]


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What cannot be done is said on a page, or in a word to the script that asked."""

    @wraps(view)
    def answering(request: HttpRequest) -> HttpResponse:
        try:
            rates.count("shortlist", _address(request), most=CHANGES_AN_HOUR, seconds=rates.HOUR)
            return view(request)
        except NoteConflictError as conflict:
            return _conflict(request, conflict)
        except RevokedError:
            return _refused(request, _("Linket til listen er lukket."), 410)
        except rates.TooOftenError as error:
            return _refused(request, str(error), 429)
        except ShortlistError as error:
            return _refused(
                request, str(error), 403 if isinstance(error, shortlists.NotAllowedError) else 409
            )

    return answering


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def _refused(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"error": reason}, status=status)
    context = {"reason": reason, "noindex": True}
    return render(request, "shortlist/refused.html", context, status=status)


def _conflict(request: HttpRequest, conflict: NoteConflictError) -> HttpResponse:
    context = {
        "theirs": conflict.item,
        "mine": conflict.mine,
        "enterprise": request.POST.get("enterprise"),
        "list": request.POST.get("list"),
        "noindex": True,
    }
    return render(request, "shortlist/note_conflict.html", context, status=409)


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _number(written: str | None) -> int:
    """A key as a form sends it."""
    if not (written and written.isascii() and written.isdigit() and len(written) < 19):
        raise Http404
    return int(written)


# -- from cards and profiles ----------------------------------------------------------------------


@require_POST
@from_our_pages
@never_cache
@_answering
def save(request: HttpRequest) -> HttpResponse:
    """To the list in use, or to a new one. A script may also ask to take it off again."""
    enterprise = _number(request.POST.get("enterprise"))
    held = shortlists.all_opened(shortlist_cookie.read(request))
    with transaction.atomic():
        access = held[0] if held else _begun(request)
        act = shortlists.remove if request.POST.get("do") == "remove" else shortlists.save
        act(access, enterprise)
    answer: HttpResponse
    if _is_script(request):
        saved = list(access.shortlist.items.values_list("enterprise_id", flat=True))
        answer = JsonResponse({"saved": saved})
    else:
        answer = redirect(f"{reverse('shortlist')}?besked=gemt#v{enterprise}")
    shortlist_cookie.write(answer, [access.secret, *(other.secret for other in held)])
    return answer


def _begun(request: HttpRequest) -> Access:
    rates.count("shortlist begun", _address(request), most=LISTS_A_DAY, seconds=rates.DAY)
    return shortlists.begin()


@require_POST
@from_our_pages
@never_cache
@_answering
def save_several(request: HttpRequest) -> HttpResponse:
    """To a list of their own, so that they do not fill the one in use."""
    enterprises = [_number(written) for written in request.POST.getlist("enterprise")]
    rates.count("shortlist begun", _address(request), most=LISTS_A_DAY, seconds=rates.DAY)
    access = shortlists.begin_with(enterprises, _("Leverandører i kataloget"))
    return _led_to([access.secret, *shortlist_cookie.read(request)], "gemt-flere")


# -- on the list's own page -----------------------------------------------------------------------


def _remove(access: Access, request: HttpRequest) -> str:
    shortlists.remove(access, _number(request.POST.get("enterprise")))
    return "fjernet"


def _move(access: Access, request: HttpRequest) -> str:
    before = request.POST["before"]
    shortlists.move(access, _number(request.POST.get("enterprise")), _number(before) if before else None)
    return "flyttet"


def _note(access: Access, request: HttpRequest) -> str:
    enterprise, seen = _number(request.POST.get("enterprise")), _number(request.POST.get("seen"))
    shortlists.write_note(access, enterprise, request.POST.get("note", ""), seen)
    return "note"


def _rename(access: Access, request: HttpRequest) -> str:
    shortlists.rename(access, request.POST.get("name", ""))
    return "navn"


def _share(access: Access, request: HttpRequest) -> str:
    shortlists.share(access, Right.EDIT if request.POST.get("right") == Right.EDIT else Right.READ)
    return "delt"


def _revoke(access: Access, request: HttpRequest) -> str:
    shortlists.revoke(access, _number(request.POST.get("link")))
    return "lukket"


ACTIONS: dict[str, tuple[Action, str]] = {
    # what it does, and the part of the page it is about
    "remove": (_remove, "listen"),
    "move": (_move, ""),
    "note": (_note, ""),
    "name": (_rename, "listen"),
    "share": (_share, "del"),
    "revoke": (_revoke, "del"),
}


@require_POST
@from_our_pages
@never_cache
@_answering
def change(request: HttpRequest) -> HttpResponse:
    held = shortlists.all_opened(shortlist_cookie.read(request))
    access = _meant(request, held)
    # The buttons that move say where to, and a button has but one value.
    do = "move" if "before" in request.POST else request.POST.get("do", "")
    if do in WHOLE:
        return WHOLE[do](request, access, held)
    if do not in ACTIONS:
        raise Http404
    act, part = ACTIONS[do]
    message = act(access, request)
    part = part or f"v{request.POST.get('enterprise')}"
    is_held = access.secret in [one.secret for one in held]
    to = reverse("shortlist") if is_held else reverse("shared-shortlist", args=[access.secret])
    answer = redirect(f"{to}?besked={message}#{part}")
    if is_held:
        shortlist_cookie.write(answer, [access.secret, *(other.secret for other in held)])
    return answer


def _meant(request: HttpRequest, held: list[Access]) -> Access:
    """One of the lists the browser holds, by its number, or one that was shared, by its token."""
    named = request.POST.get("list", "")
    found = next((access for access in held if str(access.shortlist.pk) == named), None)
    # A key is good in the cookie alone.
    if found is None and not named.startswith(shortlists.KEY):
        found = shortlists.opened(named)
    if found is None:
        raise Http404
    return found


def _led_to(secrets: list[str], message: str) -> HttpResponse:
    answer = redirect(f"{reverse('shortlist')}?besked={message}")
    shortlist_cookie.write(answer, secrets)
    return answer


def _copy(request: HttpRequest, access: Access, held: list[Access]) -> HttpResponse:
    rates.count("shortlist begun", _address(request), most=LISTS_A_DAY, seconds=rates.DAY)
    copy = shortlists.copied(access)
    return _led_to([copy.secret, *(other.secret for other in held)], "kopi")


def _use(_request: HttpRequest, access: Access, held: list[Access]) -> HttpResponse:
    """What is saved from now on goes to this list."""
    if not access.edits:
        raise shortlists.NotAllowedError(_("Du kan se listen, men ikke gøre det."))
    return _led_to([access.secret, *(other.secret for other in held)], "brug")


def _new(request: HttpRequest, _access: Access, held: list[Access]) -> HttpResponse:
    begun = _begun(request)
    return _led_to([begun.secret, *(other.secret for other in held)], "ny")


def _let_go(_request: HttpRequest, access: Access, held: list[Access]) -> HttpResponse:
    """Delete one's own list; of one that was shared, only forget it in this browser."""
    if access.owns:
        shortlists.delete(access)
    rest = [other.secret for other in held if other.secret != access.secret]
    return _led_to(rest, "slettet" if access.owns else "glemt")


WHOLE: dict[str, Callable[[HttpRequest, Access, list[Access]], HttpResponse]] = {
    "copy": _copy,
    "use": _use,
    "new": _new,
    "delete": _let_go,
}
