"""Addresses that name things lead to what is said about them (303), in the form that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from directory import catalogue as catalogues
from directory import former
from directory.catalogue import TERMS
from directory.replica import public
from directory.views import errors
from directory.views.terms import INDEXES
from enterprises.models import Enterprise

HTML, JSON, JSONLD, TURTLE = "text/html", "application/json", "application/ld+json", "text/turtle"

View = Callable[..., HttpResponse]


def _leading(view: View) -> Callable[..., HttpResponseBase]:
    @public
    @wraps(view)
    def answering(request: HttpRequest, **kwargs: str) -> HttpResponse:
        response = view(request, **kwargs)
        patch_vary_headers(response, ["Accept"])
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answering


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


@_leading
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    named = Enterprise.objects.filter(pk=pk, publications__isnull=False).first()
    if named is None:
        raise Http404
    slug = former.present_slug_of(named)
    if slug is None:
        return errors.gone(request)
    forms = {HTML: "profile", JSONLD: "api-enterprise-jsonld", JSON: "api-enterprise"}
    return _see(reverse(forms[_wanted(request, forms)], args=[slug]))


@_leading
def scheme(request: HttpRequest, facet: str) -> HttpResponse:
    if facet not in TERMS:
        raise Http404
    page = reverse(INDEXES[facet][0]) if facet in INDEXES else reverse("api-taxonomies")
    return _see(_of_words(request, page))


@_leading
def concept(request: HttpRequest, facet: str, slug: str) -> HttpResponse:
    known = catalogues.of(request)
    if facet not in TERMS or known.term(facet, slug) is None:
        raise Http404
    slug = known.present_slug(facet, slug)
    page = reverse(facet, args=[slug]) if facet in INDEXES else reverse("api-taxonomies")
    return _see(_of_words(request, page))


@_leading
def dataset(request: HttpRequest) -> HttpResponse:
    forms = {HTML: "open-data", JSONLD: "dataset-jsonld", TURTLE: "dataset-turtle"}
    return _see(reverse(forms[_wanted(request, forms)]))


def _of_words(request: HttpRequest, page: str) -> str:
    forms = {
        HTML: page,
        JSONLD: reverse("api-taxonomies-jsonld"),
        TURTLE: reverse("api-taxonomies-turtle"),
        JSON: reverse("api-taxonomies"),
    }
    return forms[_wanted(request, forms)]


def _wanted(request: HttpRequest, forms: dict[str, str]) -> str:
    return request.get_preferred_type(list(forms)) or HTML
