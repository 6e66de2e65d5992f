from django.http import HttpRequest, HttpResponse
from django.urls import path

from directory.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """H: what every request pays for the site's own middleware."""
    return HttpResponse("ok")


urlpatterns = [path("tests.bench", empty), *urlpatterns]
