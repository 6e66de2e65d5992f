"""The page that each mail about a followed search leads to: what its reader follows, and how to stop it.

Reading it changes nothing, since mail scanners read them all; its buttons do, and so does the one that a
mailbox shows by itself (RFC 8058), which posts here. The address is the secret, so neither a login nor a
cookie is needed, and it answers for ever: whoever has left is told so.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from enterprises import alerts
from enterprises.models import Alert


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def followed(request: HttpRequest, token: str) -> HttpResponse:
    key = alerts.key_in(token)
    if key is None:
        raise Http404
    alert = Alert.objects.defer("known").filter(pk=key).first()
    done = _done(alert, request) if alert and request.method == "POST" else ""
    rest = list(alerts.followed_by(alert.email)) if alert else []
    context = {
        "alert": next((one for one in rest if one.pk == key), None),
        # Of what has just been stopped, too.
        "words": alert.words if alert else "",
        "done": done,
        "followed": [(one, alerts.token_of(one)) for one in rest if one.confirmed_at],
        "token": token,
        "noindex": True,
    }
    return render(request, "following/followed.html", context)


def _done(alert: Alert, request: HttpRequest) -> str:
    do = "stop" if "List-Unsubscribe" in request.POST else request.POST.get("do", "")
    if do == "confirm":
        alerts.confirm(alert)
    elif do == "stop":
        alerts.leave(alert.email, alert.pk)
    elif do == "all":
        alerts.leave(alert.email)
    return do
