"""What is refused before any parser sees it, in one linear pass.

Lexbor is quadratic in depth (20,000 nested divs: 13 s), 200,000 attributes on one tag kill nearly every
parser, lxml drops deep content without a word and trafilatura never ends on 500,000 `<br>`. A parser that is
fooled by markup this pass reads differently is the stage pool's business: it has a time and a memory limit.
"""

import re

from streams.events import Failed
from streams.vocabulary import FailureReason

MAX_BYTES = 4_000_000  # bytes of UTF-8; the largest of 952 development pages has 2.3 MB
MAX_NESTING = 512  # elements; 61 real pages: at most 118
MAX_TAGS = 60_000  # start tags; real pages: at most 4,110; 30,000 paragraphs cost trafilatura 1.4 s
MAX_BREAKS = 10_000  # `<br>`; real pages: at most 306; 10,000 cost trafilatura 0.2 s
# Attributes of one tag. Not its bytes: 5 of 121 real news pages carry 64 to 335 kB of JSON in one attribute.
MAX_ATTRIBUTES = 1_000
# An HTML parser opens every unclosed <b>, <i>, <a> ... again in each following paragraph: 500 of them before
# 5,000 paragraphs are 2.5 million nodes.
MAX_REOPENED = 1_000_000

# Elements without an end tag, and those that their next sibling closes: an open one of these does not nest.
_VOID_NAMES = (
    "area base br col embed hr img input link meta param source track wbr path "
    "p li option optgroup dd dt tr td th tbody thead tfoot rp rt"
)
VOID = frozenset(_VOID_NAMES.split())
_FORMATTING_NAMES = "a b big code em font i nobr s small strike strong tt u"
FORMATTING = frozenset(_FORMATTING_NAMES.split())
RAW_TEXT = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "textarea", "title")
}

# Possessive throughout: every character is read once. Quotes only count after "=", as in the HTML standard.
_TAG = re.compile(
    r"""<(?:(?P<comment>!--)|(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<rest>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>?+)"""
)
_COMMENT_END = re.compile(r"--!?>")
_BREAK = re.compile(r"<br", re.IGNORECASE)
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_GAP = re.compile(r"[\s/]+")
_LONG_TAG = MAX_ATTRIBUTES * 2  # characters: fewer cannot hold that many attributes


def refuse_text(*texts: str | None) -> Failed | None:
    """Failed(encoding) for what UTF-8 cannot carry (lone surrogates), Failed(too_large) above MAX_BYTES."""
    for text in texts:
        if text is None:
            continue
        if len(text) > MAX_BYTES:
            return Failed(FailureReason.TOO_LARGE, f"{len(text)} characters, at most {MAX_BYTES} bytes")
        try:
            size = len(text) if text.isascii() else len(text.encode())
        except UnicodeEncodeError as error:
            return Failed(FailureReason.ENCODING, f"no Unicode text: {error.reason} at {error.start}")
        if size > MAX_BYTES:
            return Failed(FailureReason.TOO_LARGE, f"{size} bytes, at most {MAX_BYTES}")
    return None


def refuse_markup(page: str) -> Failed | None:
    """Failed(nesting) or Failed(too_large) for HTML that costs its parser more than its size suggests."""
    breaks = len(_BREAK.findall(page))
    if breaks > MAX_BREAKS:
        return Failed(FailureReason.TOO_LARGE, f"{breaks} line breaks, at most {MAX_BREAKS}")
    return _walk(page)


def _walk(page: str) -> Failed | None:
    depth = formatting = reopened = tags = position = 0
    while (tag := _TAG.search(page, position)) is not None:
        position = tag.end()
        if tag["comment"]:
            # "<!-->" is a whole comment, so the search begins at its own dashes
            end = _COMMENT_END.search(page, position - 2)
            if end is None:
                break
            position = end.end()
            continue
        name = tag["name"].lower()
        if tag["close"]:
            if name not in VOID:
                depth = max(0, depth - 1)
                formatting = max(0, formatting - (name in FORMATTING))
            continue
        tags += 1
        if tags > MAX_TAGS:
            return Failed(FailureReason.TOO_LARGE, f"more than {MAX_TAGS} tags")
        rest = tag["rest"]
        if len(rest) > _LONG_TAG and _attributes(rest) > MAX_ATTRIBUTES:
            return Failed(
                FailureReason.TOO_LARGE, f"a <{name[:20]}> of more than {MAX_ATTRIBUTES} attributes"
            )
        if name in RAW_TEXT:
            end = RAW_TEXT[name].search(page, position)
            if end is None:
                break
            position = end.start()
            depth += 1
            continue
        reopened += formatting
        if name not in VOID and not rest.endswith("/"):
            depth += 1
            formatting += name in FORMATTING
        if depth > MAX_NESTING:
            return Failed(FailureReason.NESTING, f"more than {MAX_NESTING} nested elements")
        if reopened > MAX_REOPENED:
            return Failed(FailureReason.NESTING, "unclosed formatting elements")
    return None


def _attributes(rest: str) -> int:
    """How many attributes a long tag has, at least: its gaps outside of quoted values."""
    return len(_GAP.findall(_QUOTED.sub("= ", rest)))
