"""The little markdown that staff write pages in: paragraphs, headings, lists, links, bold and italic.

Three things are ours. `{name}` stands for something the site knows; alone in a paragraph it may stand for
a part of the page. `{if:name}` before a paragraph shows it only where that is so. `[da: ord]` marks
Danish words on an English page. Everything is put in after the text is parsed, so nothing that is put in
can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.token import Token

from enterprises import danish

UNUSED = ["image", "code", "fence", "lheading", "reference", "hr", "html_block", "html_inline", "blockquote"]
NAME = re.compile(r"\{([a-z][a-z0-9:-]*)\}")
# As the parser writes it in a link.
NAME_IN_LINK = re.compile(r"%7B([a-z][a-z0-9:-]*)%7D")
CONDITION = re.compile(r"\{if:([a-z][a-z0-9-]*)\}\s*")
ANCHOR = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}$")
DANISH = re.compile(r"\[da: ([^\[\]]+)\]")
SCHEMES = ("http", "https", "mailto")
LEVELS = ("h2", "h3")


@dataclass(frozen=True)
class Allowed:
    """What a text may name."""

    names: Collection[str] = ()
    parts: Collection[str] = ()
    conditions: Collection[str] = ()
    # Places on the page that others point at, and which must stay.
    anchors: Collection[str] = ()
    families: Mapping[str, Collection[str]] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        family, _colon, member = name.partition(":")
        return name in self.names or member in self.families.get(family, ())


@dataclass(frozen=True)
class Part:
    """A stretch of the page: HTML, or the name of what the site puts there."""

    html: SafeString = field(default_factory=SafeString)
    name: str = ""

    @property
    def template(self) -> str:
        return f"texts/{self.name}.html"


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Every link is one, so that problems() can say what is wrong with it."""
        return True


def _parser() -> MarkdownIt:
    return _Parser("commonmark", {"html": False}).disable(UNUSED)


PARSER = _parser()


# -- reading ------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[list[Token]]:
    """The tokens of each outermost paragraph, heading and list."""
    block: list[Token] = []
    depth = 0
    for token in PARSER.parse(text):
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def _is(block: list[Token], tag: str) -> bool:
    return block[0].type == "paragraph_open" if tag == "p" else block[0].tag == tag


def _condition(block: list[Token]) -> str:
    found = CONDITION.match(block[1].content) if _is(block, "p") else None
    return found[1] if found else ""


def _part(block: list[Token], parts: Collection[str]) -> str:
    found = NAME.fullmatch(block[1].content) if _is(block, "p") else None
    return found[1] if found and found[1] in parts else ""


def _leaves(block: list[Token]) -> Iterator[Token]:
    for token in block:
        yield from token.children or (token,)


def _hrefs(block: list[Token]) -> Iterator[str]:
    for token in _leaves(block):
        if token.type == "link_open":
            yield str(token.attrs["href"])


# -- judging ------------------------------------------------------------------------------------------


def problems(text: str, language: str, allowed: Allowed) -> list[str]:
    """What stands in the way of showing a text, as sentences; nothing where it is right."""
    found: list[str] = []
    last, anchors = "h1", set[str]()
    for block in _blocks(text):
        if block[0].type == "heading_open":
            found += _of_heading(block, last)
            last = block[0].tag
            anchors.add(_anchor(block))
        if (condition := _condition(block)) and condition not in allowed.conditions:
            found.append(_("Siden kender ikke {if:%(name)s}.") % {"name": condition})
        if not _part(block, allowed.parts):
            found += _of_names(block, allowed)
        found += [problem for href in _hrefs(block) if (problem := _of_link(href, language, allowed))]
    if last == "h1" and not text.strip():
        found.append(_("Der mangler en tekst."))
    for anchor in allowed.anchors:
        if anchor not in anchors:
            found.append(_("Andre sider peger på {#%(anchor)s}. Lad det stå efter en overskrift.") % {
                "anchor": anchor
            })  # fmt: skip
    return list(dict.fromkeys(found))


def _of_heading(block: list[Token], last: str) -> list[str]:
    tag, words = block[0].tag, block[1].content
    if tag not in LEVELS:
        return [_("Brug ## og ### til overskrifter: “%(words)s”.") % {"words": words}]
    if tag == "h3" and last == "h1":
        return [_("Begynd med ## før ###: “%(words)s”.") % {"words": words}]
    return []


def _of_names(block: list[Token], allowed: Allowed) -> list[str]:
    said = [CONDITION.sub("", block[1].content, count=1)] if _condition(block) else []
    said = said or [token.content for token in block if token.type == "inline"]
    names = [name for text in said for name in NAME.findall(ANCHOR.sub("", text))]
    return [
        _("{%(name)s} skal stå alene i et afsnit.") % {"name": name}
        if name in allowed.parts
        else _("Siden kender ikke {%(name)s}.") % {"name": name}
        for name in names
        if not allowed.knows(name)
    ]


def _of_link(href: str, language: str, allowed: Allowed) -> str:
    if named := NAME_IN_LINK.fullmatch(href):
        return "" if allowed.knows(named[1]) else _("Siden kender ikke {%(name)s}.") % {"name": named[1]}
    try:
        parted = urlsplit(href)
    except ValueError:
        return _("Linket kan ikke læses: %(href)s") % {"href": href}
    if parted.scheme in SCHEMES and (parted.netloc or parted.scheme == "mailto"):
        return ""
    if href.startswith("#") and len(href) > 1:
        return ""
    if parted.scheme or parted.netloc or not href.startswith("/") or "\\" in href:
        told = _("Et link skal begynde med https://, mailto: eller / for en side her: %(href)s")
        return told % {"href": href}
    try:
        with override(language):
            resolve(unquote(parted.path))
    except Resolver404:
        return _("Der er ingen side her med adressen %(href)s") % {"href": href}
    return ""


# -- showing ------------------------------------------------------------------------------------------


def parts(text: str, allowed: Allowed, values: Callable[[str], str], holds: Collection[str]) -> list[Part]:
    """The page in stretches. `values` says what a name stands for, `holds` which conditions are so."""
    found: list[Part] = []
    shown: list[Token] = []
    is_first, taken = True, set[str]()

    def close() -> None:
        if shown:
            found.append(Part(html=SafeString(_rendered(shown, values))))
            shown.clear()

    for block in _blocks(text):
        condition = _condition(block)
        if condition and condition not in holds:
            continue
        if name := _part(block, allowed.parts):
            close()
            found.append(Part(name=name))
        else:
            _dress(block, is_first=is_first, taken=taken)
            shown += block
        is_first = False
    close()
    return found


def _dress(block: list[Token], *, is_first: bool, taken: set[str]) -> None:
    """A first paragraph leads in; a heading can be pointed at; marks that are ours are taken out."""
    if is_first and _is(block, "p"):
        block[0].attrSet("class", "lede")
    if block[0].type == "heading_open":
        anchor = _anchor(block)
        while anchor in taken:
            anchor += "-2"
        taken.add(anchor)
        block[0].attrSet("id", anchor)
        _strip(block[1], ANCHOR)
    _strip(block[1], CONDITION)


def _strip(inline: Token, mark: re.Pattern[str]) -> None:
    for token in inline.children or ():
        if token.type == "text":
            token.content = mark.sub("", token.content, count=1)


def _anchor(block: list[Token]) -> str:
    """The name to point at a heading by."""
    words = block[1].content
    named = ANCHOR.search(words)
    return named[1] if named else danish.slugify(words) or "afsnit"


def _rendered(tokens: list[Token], values: Callable[[str], str]) -> str:
    for token in _leaves(tokens):
        if token.type == "link_open":
            href = NAME_IN_LINK.sub(lambda named: values(named[1]), str(token.attrs["href"]))
            token.attrs["href"] = href if urlsplit(href).scheme in ("", *SCHEMES) else "#"
        elif token.type == "code_inline":
            token.content = NAME.sub(lambda named: values(named[1]), token.content)
    parser = _parser()
    parser.add_render_rule("text", lambda _self, seen, index, *_rest: _text(seen[index].content, values))
    return str(parser.renderer.render(tokens, parser.options, {}))


def _text(content: str, values: Callable[[str], str]) -> str:
    """Escaped, with names filled in and Danish words marked."""
    said = NAME.sub(lambda named: escape(values(named[1])), str(escape(content)))
    return DANISH.sub(r'<span lang="da">\1</span>', said)


def as_words(text: str) -> list[str]:
    """Its paragraphs as they are written, to compare with another's."""
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph.strip()]
