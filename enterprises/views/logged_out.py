"""What is typed after a log-in has run out is kept as a draft, and is there once the person is back.

The form says for whom it was made, signed; only that person will see the draft, and nothing else is written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from enterprises import access, editing
from enterprises.choices import Section
from enterprises.models import Enterprise, User
from enterprises.views.typed import revision, typed

SALT = "enterprises.views.logged_out"
LONGEST = timedelta(days=30)

View = Callable[..., HttpResponse]


def made_for(user: User, enterprise: Enterprise, section: Section) -> str:
    return signing.dumps([user.pk, enterprise.pk, section.value], salt=SALT)


def kept(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, section: str) -> HttpResponse:
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, slug, section)
        is_kept, sentence = _kept(request, slug, section)
        if request.POST.get("action") == "draft":
            return JsonResponse({"told": sentence} | is_kept, status=401)
        messages.warning(request, sentence)
        return redirect_to_login(request.path)

    return wrapped


def _kept(request: HttpRequest, slug: str, section: str) -> tuple[dict[str, int], str]:
    """The revision of the draft, if it could be kept, and what to tell."""
    lost = _(
        "Du er logget ud. Log ind i et andet vindue, og tryk Gem igen; "
        "browserens tilbageknap viser det, du skrev."
    )
    try:
        maker, enterprise, made_of = signing.loads(
            request.POST.get("made_for", ""), salt=SALT, max_age=LONGEST
        )
    except signing.BadSignature:
        return {}, lost
    user = User.objects.filter(pk=maker, is_active=True).first()
    if user is None or made_of != section:
        return {}, lost
    still_theirs = (
        access.editable(user).filter(pk=enterprise, slug=slug).first()
        or access.draftable(user).filter(pk=enterprise).first()
    )
    if still_theirs is None:
        return {}, lost
    data = typed(request.POST)
    data["based_on"] = request.POST.get("version", "")
    try:
        draft = editing.keep_draft(still_theirs, user, Section(section), data, revision=revision(request))
    except (editing.StaleDraftError, editing.DraftTooLongError):
        return {}, lost
    found = _("Du er logget ud. Det, du skrev, er gemt som din kladde og er her, når du har logget ind igen.")
    return {"revision": draft.revision}, found
