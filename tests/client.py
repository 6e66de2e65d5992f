"""A test client that polices every answer, so that each page any test asks for keeps the house's rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils.translation import get_language, override

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Elements that say nothing when nothing is in them.
MUST_HOLD_SOMETHING = {
    *HEADINGS, "p", "dt", "dd", "dl", "li", "ul", "ol", "section", "th", "table", "caption", "legend",
    "label", "button", "option", "summary", "title", "a", "figure", "figcaption",
}  # fmt: skip
LEFTOVERS = ("{{", "{%")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# The pages that other sites may show in a frame.
FRAMED = re.compile(r"(/en)?/((skilte|signs)/[-\w]+/(kort|card)|embed/(liste|list|kort|map))/")
# Where a list lies is told to no other site at all.
OF_A_LIST = re.compile(r"(/en/procurement/list|/indkoeb/liste)/")
# What an editor's own pages show in a frame.
FRAMED_BY_US = re.compile(r"(/en/my|/min)/[-\w]+/(vis|preview)/")
# Their forms carry a token against forgery, which needs a cookie.
PAGES_WITH_FORMS = {
    "report-error", "account_login", "account_request_login_code", "account-log-in-by-password",
    "account_signup", "mfa_login_webauthn", "mitid_login",
}  # fmt: skip


@dataclass(eq=False, repr=False)
class Element:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    parent: Element | None = None

    def __repr__(self) -> str:
        return f"<{self.tag} {self.attrs}>"

    def __iter__(self) -> Iterator[Element]:
        """This element and all inside it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, *tags: str, **attrs: str) -> list[Element]:
        """Elements by tag and attributes; class_ asks for one of the classes, data_x for data-x."""
        return [
            found
            for found in self
            if (not tags or found.tag in tags) and all(found._has(name, attrs[name]) for name in attrs)
        ]

    def one(self, *tags: str, **attrs: str) -> Element:
        found = self.all(*tags, **attrs)
        assert len(found) == 1, f"{len(found)} of {tags} {attrs}"
        return found[0]

    def _has(self, name: str, value: str) -> bool:
        if name == "class_":
            return value in self.attrs.get("class", "").split()
        return self.attrs.get(name.replace("_", "-")) == value

    @property
    def text(self) -> str:
        return " ".join(self._texts().split())

    def _texts(self) -> str:
        return "".join(child if isinstance(child, str) else child._texts() for child in self.children)

    @property
    def ancestors(self) -> Iterator[Element]:
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = self.present = Element("document")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=self.present)
        self.present.children.append(element)
        if tag not in VOID:
            self.present = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.present.tag, f"</{tag}> closes {self.present}"
        assert self.present.parent is not None
        self.present = self.present.parent

    def handle_data(self, data: str) -> None:
        self.present.children.append(data)


def parsed(html: str) -> Element:
    """A page as elements. Fails where tags do not nest."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.present is builder.top, f"{builder.present} is never closed"
    return builder.top


class PolicingClient(Client):
    """Pages have their elements in `response.page`. What the admin draws is not ours to police."""

    def request(self, **request: Any) -> Any:
        # A request leaves its language behind, and the next test would speak it.
        with override(get_language() or settings.LANGUAGE_CODE):
            response = super().request(**request)
        path = response.wsgi_request.path
        if not re.match(r"(/en)?/admin/", path):
            is_shown = response.status_code == 200
            police_headers(
                response,
                framed=bool(FRAMED.fullmatch(path)) and response.status_code < 400,
                framed_by_us=bool(FRAMED_BY_US.fullmatch(path)) and is_shown,
                of_a_list=response.get("Referrer-Policy") == "same-origin" and bool(OF_A_LIST.match(path)),
            )
            self._police_cookies(response)
            if not response.streaming and response.content and _is_html(response):
                response.page = parsed(response.content.decode())
                police_page(response.page, path)
        return response

    def _police_cookies(self, response: HttpResponse) -> None:
        asked = response.wsgi_request  # type: ignore[attr-defined]
        name = asked.resolver_match.url_name if asked.resolver_match else ""
        if asked.method == "GET" and not asked.COOKIES and name not in PAGES_WITH_FORMS:
            assert not response.cookies, f"{asked.path} gives an anonymous reader a cookie"


def _is_html(response: HttpResponse) -> bool:
    return response["Content-Type"].startswith("text/html") and "Content-Encoding" not in response


def police_headers(
    response: HttpResponse, *, framed: bool = False, framed_by_us: bool = False, of_a_list: bool = False
) -> None:
    for name, value in HEADERS.items():
        if of_a_list and name == "Referrer-Policy":
            continue
        if framed_by_us and name == "X-Frame-Options":
            assert response[name] == "SAMEORIGIN"
            continue
        if framed and name == "X-Frame-Options":
            assert name not in response
            continue
        # A browser keeps the headers of the page that has not been modified.
        assert response.get(name) == value or response.status_code == 304, name
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert policy.count("*") == policy.count("frame-ancestors *") == framed
    assert "http" not in policy
    if response.get("Content-Type", "").startswith("text/html"):
        ancestors = "*" if framed else "'self'" if framed_by_us else "'none'"
        assert f"frame-ancestors {ancestors};" in f"{policy};"


def police_page(page: Element, path: str) -> None:
    language = "en" if path == "/en" or path.startswith("/en/") else "da"
    # The page for when everything is broken has no request, and thus no address, to know its language by.
    assert page.one("html").attrs["lang"] == language or page.all(class_="error-page")
    for element in page:
        _police_words(element)
        _police_element(element)
    _police_frame(page)
    _police_headings(page)
    _police_ids(page)
    _police_fields(page)
    _police_alternates(page, path)


def _police_words(element: Element) -> None:
    """No template language shows, except where it is quoted, and no value that nobody set."""
    words = [child for child in element.children if isinstance(child, str)]
    for text in (*words, *element.attrs.values()):
        assert text.strip() not in ("None", "[]", "{}"), element
        assert element.tag in ("code", "pre") or not any(left in text for left in LEFTOVERS), element


def _police_element(element: Element) -> None:
    tag, attrs = element.tag, element.attrs
    if tag == "script":
        data = ("application/ld+json", "application/json")
        assert attrs.get("src") or attrs.get("type") in data, "inline script"
    assert tag not in ("style", "font", "center", "object", "embed"), tag
    if tag == "iframe":
        shown = urlsplit(attrs["src"]).path
        assert (FRAMED_BY_US.fullmatch(shown) or FRAMED.fullmatch(shown)) and attrs["title"], element
    for name in attrs:
        assert name != "style" and not name.startswith("on"), f"{name}= in {element}"
    if tag == "img":
        assert "alt" in attrs, "a picture without alt"
    if tag in ("script", "img", "source") or (tag == "link" and attrs["rel"] in ("stylesheet", "icon")):
        for address in _fetched(attrs):
            _police_fetched(address, element)
    if tag == "a":
        _police_link(attrs)
    if tag in MUST_HOLD_SOMETHING:
        assert element.text or element.all("svg", "input", "img"), f"nothing in {element}"
    if tag in ("ul", "ol"):
        assert all(child.tag == "li" for child in element.children if isinstance(child, Element)), element


def _fetched(attrs: dict[str, str]) -> list[str]:
    offered = [choice.split()[0] for choice in attrs.get("srcset", "").split(", ") if choice]
    return [*offered, *filter(None, (attrs.get("src"), attrs.get("href")))]


def _police_fetched(fetched: str, element: Element) -> None:
    address = urlsplit(fetched)
    assert not address.netloc, f"{element} fetches from another host"
    if address.path.startswith(("/medier/", "/skilte/")):
        assert resolve(address.path).url_name in ("photo", "badge", "qr-code"), element
        return
    file = address.path.removeprefix(settings.STATIC_URL)
    assert address.scheme == "data" or finders.find(file), f"{element} fetches what is not there"


def _police_link(attrs: dict[str, str]) -> None:
    address = urlsplit(attrs["href"])
    assert address.scheme in ("", "http", "https", "mailto", "tel"), attrs["href"]
    if "target" in attrs:
        assert "noopener" in attrs.get("rel", ""), attrs["href"]


def _police_frame(page: Element) -> None:
    title = page.one("title").text
    assert title.endswith("Den fælles by")
    assert title.removesuffix("Den fælles by").strip(" –"), "the title is only the site's name"
    assert page.one("h1").text
    assert len(page.all("main")) == 1


def _police_headings(page: Element) -> None:
    level = 0
    for heading in page.all(*HEADINGS):
        here = int(heading.tag[1])
        assert here <= level + 1, f"{heading.tag} “{heading.text}” comes after h{level}"
        level = here


def _police_ids(page: Element) -> None:
    ids = Counter(element.attrs["id"] for element in page if "id" in element.attrs)
    assert not [name for name, count in ids.items() if count > 1], f"ids given twice: {ids}"
    for element in page:
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in element.attrs.get(attribute, "").split():
                assert name in ids, f"{attribute}={name} points at nothing"
        target = element.attrs.get("href", "")
        if target.startswith("#"):
            assert target[1:] in ids, f"{target} leads nowhere"


def _police_fields(page: Element) -> None:
    labels = {label.attrs.get("for") for label in page.all("label")}
    for entry in page.all("input", "select", "textarea"):
        if entry.attrs.get("type") in ("hidden", "submit", "button"):
            continue
        named = entry.attrs.get("id") in labels or entry.attrs.keys() & {"aria-label", "aria-labelledby"}
        assert named or any(a.tag == "label" for a in entry.ancestors), f"no label for {entry}"


def _police_alternates(page: Element, path: str) -> None:
    """Where a page names itself in both languages, its own address is one of them."""
    # The same in another form, such as data, has a type and no language.
    others = [link.attrs for link in page.all("link", rel="alternate") if "type" not in link.attrs]
    alternates = {link["hreflang"]: link["href"] for link in others}
    if alternates:
        assert alternates.keys() == {"da", "en", "x-default"}
        assert alternates["x-default"] == alternates["da"]
        own = alternates["en" if path.startswith("/en/") else "da"]
        assert own.partition("?")[0] == f"{settings.SITE_URL}{path}"
