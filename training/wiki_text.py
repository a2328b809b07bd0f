"""Running text of Wikipedia's articles, from wiki markup and from the dumps that hold it.

Needs mwparserfromhell 0.7.2 (MIT), which no other part does.
"""

import re
from collections.abc import Callable, Iterator

import mwparserfromhell
from lxml import etree
from mwparserfromhell.nodes import (
    ExternalLink,
    Heading,
    HTMLEntity,
    Node,
    Tag,
    Template,
    Text,
    Wikilink,
)
from mwparserfromhell.wikicode import Wikicode

APPENDICES = re.compile(
    r"^==+ *(?:See also|References|Notes|Further reading|External links|Bibliography|Sources|Footnotes)",
    re.IGNORECASE | re.MULTILINE,
)
UNSEEN = {"ref", "references", "table", "gallery", "timeline", "imagemap", "div", "score"}
"""Tags whose contents are no running text."""
GAP = "\ufffc"
"""Stands for something that a sentence needs and that cannot be said in words: its paragraph is left out."""
GAPS = {
    "math",
    "code",
    "pre",
    "source",
    "syntaxhighlight",
    "chem",
    "val",
    "vr",
    "angbr",
    "ipa",
    "e",
    "frac",
    "xt",
}
"""Tags and templates that leave a gap."""
BROKEN = (GAP, "|", "<ref", "</")
"""Marks of a paragraph with a gap, or with markup that is not closed and so not parsed."""
FEWEST_WORDS = 12
"""Of a paragraph; shorter ones are captions and items of lists that lost their mark."""
RANGES = {"to", "and", "or", "by", "x", "-", "–"}

Arguments = list[str]
SHOWN: dict[str, Callable[[Arguments], str]] = {
    "'s": lambda _: "'s",
    "as of": lambda arguments: f"as of {arguments[0]}",
    "convert": lambda arguments: " ".join(arguments[: 4 if arguments[1] in RANGES else 2]),
    "lang": lambda arguments: arguments[-1],
    "linktext": lambda arguments: arguments[-1],
    "mdash": lambda _: "—",
    "mdashb": lambda _: " — ",
    "nbsp": lambda _: " ",
    "nihongo": lambda arguments: arguments[0],
    "nowrap": lambda arguments: arguments[-1],
    "sc": lambda arguments: arguments[-1],
    "snd": lambda _: " – ",
    "transl": lambda arguments: arguments[-1],
}
"""What a template shows, by its arguments without names. Others (citations, flags, pronunciations) vanish."""


def articles(dump: bytes) -> Iterator[tuple[str, str]]:
    """(title, markup) of the articles of an export of MediaWiki (XML, schema 0.10); no redirects."""
    for page in etree.fromstring(dump).iter("{*}page"):
        if page.find("{*}redirect") is None and page.findtext("{*}ns") == "0":
            yield page.findtext("{*}title"), page.findtext("{*}revision/{*}text") or ""


def paragraphs(markup: str) -> list[str]:
    """An article's paragraphs in its order: no headings, lists, tables, captions, notes or appendices."""
    body = APPENDICES.split(markup, maxsplit=1)[0]
    lines = map(tidy, shown(mwparserfromhell.parse(body)).split("\n"))
    return [line for line in lines if is_prose(line)]


def shown(code: Wikicode) -> str:
    """What a reader sees of markup; marks of lists and quotations stay at the beginning of their line."""
    return "".join(map(shown_node, code.nodes))


def shown_node(node: Node) -> str:
    match node:
        case Text():
            return str(node.value)
        case HTMLEntity():
            return str(node.normalize())
        case Wikilink():
            return shown_link(node)
        case ExternalLink():
            return shown(node.title) if node.title else ""
        case Template():
            return shown_template(node)
        case Tag():
            return shown_tag(node)
        case Heading():
            return "\n"
        case _:  # comments, arguments
            return ""


def shown_link(link: Wikilink) -> str:
    namespace = str(link.title).partition(":")[0].strip().lower()
    if namespace in {"file", "image", "category"}:
        return ""
    return shown(link.title if link.text is None else link.text)


def shown_template(template: Template) -> str:
    name = str(template.name).strip().lower()
    if name in GAPS:
        return GAP
    if name not in SHOWN:
        return ""
    arguments = [shown(argument.value).strip() for argument in template.params if not argument.showkey]
    try:
        return SHOWN[name](arguments)
    except IndexError:  # fewer arguments than the template asks for
        return GAP


def shown_tag(tag: Tag) -> str:
    name = str(tag.tag).strip().lower()
    if name in UNSEEN:
        return ""
    if name in GAPS:
        return GAP
    if name == "br":
        return " "
    if tag.wiki_markup and not tag.contents:
        return str(tag.wiki_markup)
    return shown(tag.contents) if tag.contents else ""


def tidy(line: str) -> str:
    """One line without what removed notes and templates leave: empty brackets, doubled spaces and signs."""
    line = re.sub(r"[\u200b\u200e\u200f]|'{2,}", "", line)
    line = re.sub(r"([(\[]) *(?:[;,:] *)+", r"\1", line)
    line = re.sub(r" *(?:[;,:] *)+([)\]])", r"\1", line)
    line = re.sub(r"\(\s*(?:or|and|in)?\s*\)|\[\s*\]", "", line)
    line = re.sub(r"[,;](?: *[,;])+", ";", " ".join(line.split()))
    return re.sub(r" ([,.;:!?)])", r"\1", line)


def is_prose(line: str) -> bool:
    if len(line.split()) < FEWEST_WORDS or line[0] in "*#:;|!{}<=" or any(mark in line for mark in BROKEN):
        return False
    return line.rstrip("\"'”’)").endswith((".", "!", "?"))
