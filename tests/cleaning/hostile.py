# ruff: noqa: E501 -- tables read best whole
"""Hostile pages and texts, made when they are asked for, and what must become of each.

`ARTICLE` is in all of them. KEPT: the article comes out whole; HELD: whatever comes out keeps the contract;
else the reason for which the record must fail.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from streams.vocabulary import FailureReason
from tests.cleaning.samples import HEADLINE, PARAGRAPHS

KEPT: Final = "kept"
HELD: Final = "held"
ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PROSE = "The line had closed after a landslide, and for years nobody expected that a boat would ever cross again. "
DEEP = 20_000  # elements
MANY = 100_000
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Hostile:
    make: Callable[[], str]
    outcome: Literal["kept", "held"] | FailureReason
    content_type: Literal["text/html", "text/plain"] = "text/html"


def page(before: str = "", after: str = "", head: str = "") -> str:
    """A page with hostile markup in front of its article, behind it or in its head."""
    title = f"<title>{HEADLINE}</title><meta property=og:type content=article>"
    return (
        f"<!doctype html><html lang=en><head>{title}{head}</head><body>{before}"
        f"<article><h1>{HEADLINE}</h1>{ARTICLE}</article>{after}</body></html>"
    )


def around(opening: str, closing: str, times: int) -> str:
    """A page whose article is wrapped in many elements."""
    return page(before=opening * times, after=closing * times)


def jsonld(script: str) -> str:
    return page(head=f'<script type="application/ld+json">{script}</script>')


def named(name: str) -> str:
    """JSON-LD of an article with this headline and author."""
    return jsonld(
        json.dumps({"@type": "NewsArticle", "headline": name, "author": name, "publisher": {"name": name}})
    )


def entities(text: str) -> str:
    return page(after=f"<p>{text}</p>")


def _nested_json(opening: str, closing: str, times: int) -> str:
    return '{"@type":"NewsArticle","headline":"x","a":' + opening * times + "1" + closing * times + "}"


TOO_LARGE: Final = FailureReason.TOO_LARGE
NESTING: Final = FailureReason.NESTING
ENCODING: Final = FailureReason.ENCODING
CONTROLS = "".join(map(chr, [*range(32), *range(127, 160)]))
BIDI = "\u202e\u2066\u200f\u061c"
ZERO = "\u200b\ufeff\u2060\u00ad"
ZALGO = "".join(letter + "\u0301\u0316\u0337" * 200 for letter in "harbour")
PAGES: dict[str, Hostile] = {
    # depth
    "deep divs": Hostile(lambda: around("<div>", "</div>", DEEP), NESTING),
    "deep spans": Hostile(lambda: around("<span>", "</span>", DEEP), NESTING),
    "deep tables": Hostile(lambda: around("<table><tr><td>", "</td></tr></table>", 2_000), NESTING),
    "deep lists": Hostile(lambda: around("<ul><li>", "</li></ul>", 2_000), NESTING),
    "deep quotes": Hostile(lambda: around("<blockquote>", "</blockquote>", 2_000), NESTING),
    "deep unknown elements": Hostile(lambda: around("<x-y>", "</x-y>", DEEP), NESTING),
    "deep behind wrong end tags": Hostile(lambda: around("</x><div>", "", DEEP), NESTING),
    "deep in svg style": Hostile(lambda: page(before="<svg><style>" + "<g>" * DEEP), NESTING),
    "deep templates": Hostile(lambda: around("<template>", "</template>", 2_000), NESTING),
    "deep framesets": Hostile(lambda: "<html><frameset><script>" + "<frameset>" * DEEP + page(), NESTING),
    "a frameset before 1 MB": Hostile(lambda: "<frameset>" + "a" * MEGABYTE + page(), HELD),
    "end tags of nothing": Hostile(lambda: page(before="<x>" * 450 + "</yy>" * MANY), HELD),
    "end tags of nothing, 1,000 open": Hostile(lambda: page(before="<x>" * 1_000 + "</y>" * 250_000), NESTING),
    "end tags of nothing behind long names": Hostile(
        lambda: page(before=("<" + "y" * 2_000 + ">") * 450 + "</z>" * MANY), HELD
    ),
    "end tags of nothing in svg": Hostile(lambda: page(before="<svg>" + "<x>" * 450 + "</y>" * MANY), HELD),
    "200 divs": Hostile(lambda: around("<div>", "</div>", 200), KEPT),
    "400 divs": Hostile(lambda: around("<div>", "</div>", 400), KEPT),
    "unclosed b, all different": Hostile(
        lambda: page(before="<p>" + "".join(f"<b id={n}>" for n in range(450)) + "<p>x" * 5_000), TOO_LARGE
    ),
    "unclosed b, i, a": Hostile(lambda: page(after="<p><b><i><a href=x>word" * 3_000), HELD),
    "misnested formatting": Hostile(lambda: page(after="<b><p>word</b><i></p></i>" * 5_000), HELD),
    # attributes
    "200,000 attributes": Hostile(
        lambda: page(before="<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">"), TOO_LARGE
    ),
    "200,000 times one attribute": Hostile(lambda: page(before="<p" + " a=1" * 200_000 + ">"), TOO_LARGE),
    "attributes of slashes": Hostile(lambda: page(before="<p" + " a/" * 200_000 + ">"), TOO_LARGE),
    "one attribute of 1 MB": Hostile(lambda: page(before=f"<div data-x='{'a b' * 333_333}'></div>"), KEPT),
    "class of 1 MB": Hostile(lambda: page(before=f"<div class='{'a b ' * 250_000}'>x</div>"), KEPT),
    "id of 1 MB": Hostile(lambda: page(before=f"<div id='{'author-' * 140_000}'>x</div>"), KEPT),
    "style of 1 MB": Hostile(lambda: page(before=f"<div style='{'display :' * 110_000}'>x</div>"), KEPT),
    "an attribute never closed": Hostile(lambda: page(after="<p class='" + "x " * MANY), KEPT),
    "data URI of 1 MB": Hostile(lambda: page(before=f"<img src='data:image/png;base64,{'QUJD' * 250_000}'>"), KEPT),
    # entities
    "1 MB of &amp;amp;": Hostile(lambda: entities("&amp;amp;" * 111_111), HELD),
    "null references": Hostile(lambda: entities("&#0;&#x0;" * 10_000 + PROSE), KEPT),
    "surrogate references": Hostile(lambda: entities("&#xD800;&#xDFFF;" * 10_000 + PROSE), KEPT),
    "references beyond Unicode": Hostile(lambda: entities("&#x110000;&#99999999999;" * 10_000), HELD),
    "references never closed": Hostile(lambda: entities("&amp &lt &#x41 &notanentity " * 10_000), HELD),
    "a reference of 1 MB": Hostile(lambda: entities("&" + "a" * MEGABYTE + ";"), HELD),
    "a number of 1 MB": Hostile(lambda: entities("&#" + "9" * MEGABYTE + ";"), HELD),
    "billion laughs": Hostile(
        lambda: "<!DOCTYPE html [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
        + "]>"
        + page(after="<p>&a9;</p>"),
        KEPT,
    ),
    # soup
    "nothing is closed": Hostile(lambda: "<html><body><article><p>" + "<p>".join(PARAGRAPHS), KEPT),
    "everything is closed twice": Hostile(lambda: page().replace("</p>", "</p></p></div></span>"), KEPT),
    "tables and forms misnested": Hostile(
        lambda: page(after="<table><form><tr><div><td></form><table></td></div>" * 60), HELD
    ),
    "selects": Hostile(lambda: page(after="<select><option><div><optgroup></select></div>" * 2_000), KEPT),
    "30,000 options": Hostile(lambda: page(before="<select>" + "<option selected>x" * 30_000), TOO_LARGE),
    "1,500 options": Hostile(lambda: page(before="<select>" + "<option>x" * 1_500 + "</select>"), KEPT),
    "30,000 bodies": Hostile(
        lambda: page(after="".join(f"<body a{n}=1>" for n in range(30_000))), TOO_LARGE
    ),
    "svg and math": Hostile(lambda: page(after="<svg><title><math><mi><p></svg></math>" * 60), KEPT),
    "a frameset": Hostile(lambda: page(before="<frameset><frame src=x></frameset>"), HELD),
    "plaintext": Hostile(lambda: page(after="<plaintext>" + "<b>x</b>" * 1_000), KEPT),
    "noscript": Hostile(lambda: page(before="<noscript><div><p>x</noscript>" * 100), KEPT),
    "srcdoc": Hostile(lambda: page(before=f"<iframe srcdoc='{ARTICLE.replace(chr(39), '')}'></iframe>"), KEPT),
    "an unfinished tag": Hostile(lambda: page(after="<p" + "<p" * MANY), HELD),
    "a comment never closed": Hostile(lambda: page(after="<!--" + ARTICLE * 500), KEPT),
    "500,000 comments": Hostile(lambda: page(after="<!--->" * 500_000), KEPT),
    "CDATA": Hostile(lambda: page(before="<![CDATA[" + "]" * MANY + "]]>"), KEPT),
    "a script that writes its end": Hostile(
        lambda: page(before="<script>var a='<\\/script>';b='<!--<script>';</script>--></script>"), HELD
    ),
    "a style never closed": Hostile(lambda: page(after="<style>" + "p{}" * MANY), KEPT),
    "processing instructions": Hostile(lambda: page(before="<?php echo '<p>' ?>" * 10_000), HELD),
    # numbers of elements
    "10,000 meta": Hostile(
        lambda: page(head="".join(f"<meta name=author{n} content='A B'>" for n in range(10_000))), KEPT
    ),
    "10,000 meta author": Hostile(lambda: page(head="<meta name=author content='Nora Quill'>" * 10_000), KEPT),
    "5,000 times": Hostile(lambda: page(before="<time datetime='2026-11-20'>20 Nov</time>" * 5_000), HELD),
    "5,000 bylines": Hostile(lambda: page(after="<span class=byline>By A B</span>" * 5_000), KEPT),
    "5,000 canonicals": Hostile(lambda: page(head="<link rel=canonical href='/a/ferry'>" * 5_000), KEPT),
    "5,000 titles": Hostile(lambda: page(head="<title>x</title>" * 5_000), KEPT),
    "5,000 h1": Hostile(lambda: page(after="<h1>Something else that happened</h1>" * 5_000), HELD),
    "100,000 br": Hostile(lambda: page(after="<br>" * MANY), TOO_LARGE),
    "9,000 br": Hostile(lambda: page(after="<br>" * 9_000), KEPT),
    "100,000 i": Hostile(lambda: page(after="<i></i>" * MANY), TOO_LARGE),
    "59,000 spans in a p": Hostile(lambda: page(after="<p>" + "<span>word </span>" * 59_000), HELD),
    "50,000 links in a p": Hostile(lambda: page(after="<p>" + "<a href=x>word</a> " * 50_000), HELD),
    "50,000 paragraphs": Hostile(lambda: page(after="<p>word" * 50_000), HELD),
    "50,000 list items": Hostile(lambda: page(after="<ul>" + "<li>word" * 50_000), HELD),
    "10,000 copies of a paragraph": Hostile(lambda: page(after=f"<p>{PROSE}" * 10_000), HELD),
    # text
    "3.9 MB in one p": Hostile(lambda: page(after=f"<p>{PROSE * 37_000}</p>"), HELD),
    "a word of 1 MB": Hostile(lambda: page(after=f"<p>{'a' * MEGABYTE}</p>"), HELD),
    "1 MB of Chinese": Hostile(lambda: page(after=f"<p>{'渡轮恢复运营' * 55_000}</p>"), HELD),
    "1 MB of white space": Hostile(lambda: page(before=" \n\t" * 333_333), KEPT),
    "1 MB of no-break spaces": Hostile(lambda: page(before="\u00a0" * 500_000), KEPT),
    "null bytes": Hostile(lambda: page().replace(" ", " \x00"), KEPT),
    "null bytes in tags": Hostile(lambda: page(before="<di\x00v cl\x00ass='\x00'>x</di\x00v>"), KEPT),
    "control characters": Hostile(
        lambda: page().replace(" ferry", f" {CONTROLS.replace(chr(10), '').replace(chr(13), '')}ferry"), HELD
    ),
    "a lone surrogate": Hostile(lambda: page(after="<p>\ud800</p>"), ENCODING),
    "UTF-8 read as Latin-1": Hostile(lambda: page().encode().decode("latin-1"), HELD),
    "Latin-1 within UTF-8": Hostile(lambda: page(after="<p>Größe</p>").encode().decode("cp1252", "replace"), HELD),
    "UTF-16 read as Latin-1": Hostile(lambda: page().encode("utf-16").decode("latin-1"), HELD),
    "replacement characters": Hostile(lambda: page(after="<p>" + "\ufffd" * MANY), HELD),
    "emoji": Hostile(lambda: page(after=f"<p>{'👩‍🚒🏳️‍🌈' * 20_000}</p>"), HELD),
    "Zalgo": Hostile(lambda: page(after=f"<p>{ZALGO * 100}</p>"), HELD),
    "marks alone": Hostile(lambda: page(after="<p>" + "\u0301\u0316" * 150_000), HELD),
    "jamo": Hostile(lambda: page(after="<p>" + "\u1112\u1161\u11ab" * 50_000), HELD),
    "right to left": Hostile(lambda: page(after=f"<p>{'عادت العبارة إلى نقل الركاب. ' * 3_000}</p>"), HELD),
    # fields
    "a title of 1 MB": Hostile(lambda: f"<title>{'word ' * 200_000}</title>" + page(), KEPT),
    "an h1 of 1 MB": Hostile(lambda: page(before=f"<h1>{'word ' * 200_000}</h1>"), HELD),
    "a description of 1 MB": Hostile(
        lambda: page(head=f"<meta name=description content='{'word ' * 200_000}'>"), KEPT
    ),
    "an author of 1 MB": Hostile(lambda: page(head=f"<meta name=author content='{'Nora ' * 200_000}'>"), KEPT),
    "a byline of 1 MB": Hostile(lambda: page(before=f"<p class=byline>By {'A B, ' * 200_000}</p>"), HELD),
    "a byline of spaces": Hostile(lambda: page(before=f"<p class=byline>By{' ' * 200_000}A</p>"), KEPT),
    "a date of 1 MB": Hostile(lambda: page(before=f"<time datetime='{'1' * MEGABYTE}'>{'1:' * MANY}</time>"), HELD),
    "a canonical of 1 MB": Hostile(
        lambda: page(head=f"<link rel=canonical href='/river-ferry{'/../a' * 200_000}'>"), KEPT
    ),
    "a language of 1 MB": Hostile(lambda: page().replace("lang=en", f"lang='{'en-' * 333_333}'"), KEPT),
    "bidi in every field": Hostile(lambda: named(f"A{BIDI}nna Be{BIDI}rg{ZERO}"), KEPT),
    "controls in every field": Hostile(lambda: named(f"Anna{CONTROLS}Berg"), KEPT),
    "bidi in the text": Hostile(lambda: page().replace(" ferry", f" {BIDI}{ZERO}ferry"), HELD),
    "surrogates in JSON-LD": Hostile(
        lambda: jsonld(r'{"@type":"NewsArticle","headline":"a \ud800 b","author":"Anna \udfff Berg"}'), KEPT
    ),
    "nulls in JSON-LD": Hostile(
        lambda: jsonld(r'{"@type":"NewsArticle","headline":"a \u0000\u202e b","author":"An\u0007na Berg"}'), KEPT
    ),
    # JSON-LD
    "JSON-LD of 100,000 lists": Hostile(lambda: jsonld(_nested_json("[", "]", MANY)), KEPT),
    "JSON-LD of 100,000 objects": Hostile(lambda: jsonld(_nested_json('{"a":', "}", MANY)), KEPT),
    "JSON-LD of a large number": Hostile(lambda: jsonld(_nested_json("9" * MANY, "", 1)), KEPT),
    "JSON-LD of odd numbers": Hostile(
        lambda: jsonld('{"@type":"NewsArticle","headline":1e999,"author":NaN,"datePublished":-1e400}'), KEPT
    ),
    "JSON-LD of odd types": Hostile(
        lambda: jsonld('{"@type":[[],{},null,1],"@graph":[{"@type":"NewsArticle","headline":{"a":[]},"author":[[1]]}]}'),
        KEPT,
    ),
    "JSON-LD of equal keys": Hostile(lambda: jsonld("{" + '"headline":"x",' * MANY + '"@type":"Article"}'), KEPT),
    "JSON-LD of 2 MB": Hostile(lambda: jsonld(json.dumps({"@type": "Article", "articleBody": PROSE * 19_000})), KEPT),
    "JSON-LD of 5,000 authors": Hostile(
        lambda: jsonld(json.dumps({"@type": "Article", "headline": "x", "author": [{"name": f"A B{n}"} for n in range(5_000)]})),
        KEPT,
    ),
    "JSON-LD of 60,000 objects": Hostile(lambda: jsonld("[" + '{"@type":"Thing"},' * 60_000 + "{}]"), KEPT),
    "5,000 JSON-LD": Hostile(
        lambda: page(head='<script type="application/ld+json">{"@type":"Thing"}</script>' * 5_000), KEPT
    ),
    "JSON-LD broken": Hostile(lambda: jsonld('{"@type":"NewsArticle","headline":"' + '\\"' * MANY), HELD),
    "white space alone": Hostile(lambda: " \n\t" * MANY, HELD),
    "empty tags alone": Hostile(lambda: "<p></p>" * 20_000, HELD),
}  # fmt: skip

TEXT = "\n\n".join(PARAGRAPHS)
_PLAIN: dict[str, str] = {
    "a word of 1 MB": "a" * MEGABYTE,
    "1 MB of spaces": " " * MEGABYTE + "a",
    "200,000 empty lines": "\n" * 200_000,
    "30,000 short lines": "World\n" * 30_000,
    "30,000 different lines": "\n".join(f"Section number {n}" for n in range(30_000)),
    "20,000 sentences": "\n".join(f"{PROSE}{n}" for n in range(20_000)),
    "1 MB in one line": PROSE * 10_000,
    "bylines": "By Nora Quill and Tomas Veldkamp\n" * 20_000,
    "a byline of 200 kB": "By " + "A B, " * 40_000,
    "credits": "(Photo: Lena Brandt / Alamy)\n" * 20_000,
    "a credit of 200 kB": "(Photo: " + "A B / " * 33_000,
    "dates": "17 November 2026, 11:20\n" * 20_000,
    "quotes": "“" * 100_000 + "\n" + '"' * 100_000,
    "brackets": "((((" * 50_000,
    "dots": "." * 200_000 + "\n" + ". " * 100_000,
    "capitals": "ABC " * 100_000,
    "digits": "1" * 200_000 + "\n" + "1:" * 100_000 + "\n" + "1/" * 100_000,
    "addresses": "https://a.example/b?c=d " * 20_000 + "\n" + "a@b." * 50_000,
    "bars": " | " * 100_000 + "\n" + " - " * 100_000,
    "no-break spaces": "\u00a0" * 300_000,
    "controls": CONTROLS * 2_000,
    "Zalgo": ZALGO * 100,
    "bidi": (BIDI + ZERO) * 20_000,
    "hard-wrapped lines": ("The ferry carried two hundred passengers over the river in rain\n" * 40 + "\n") * 400,
}  # fmt: skip
TEXTS: dict[str, Hostile] = {
    name: Hostile(partial("\n\n".join, [TEXT, text]), HELD, "text/plain") for name, text in _PLAIN.items()
}
