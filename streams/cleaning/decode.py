"""Bytes of a page file into text, and whether a text is a page at all."""

import re
from codecs import lookup

from resiliparse.parse.encoding import detect_encoding

_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_META_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_:.-]{1,40})", re.IGNORECASE
)
SNIFFED_BYTES = 256  # in which UTF-16 shows
META_BYTES = 4_096  # the standard asks for the first 1,024 bytes; real pages put long comments before
# All charsets of the WHATWG Encoding Standard, by Python's names. No others: Python has
# codecs that are quadratic (punycode) or give lone surrogates (unicode_escape).
_CHARSETS_NAMES = (
    "utf-8 utf-8-sig cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman cp874 cp1250 cp1251 "
    "cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-cyrillic gb18030 big5 big5hkscs euc_jp "
    "iso2022_jp cp932 cp949 utf-16 utf-16-le utf-16-be"
)
_CHARSETS = frozenset(_CHARSETS_NAMES.split())
# Names that browsers read as a larger table than Python does, and two that Python does not know.
_LARGER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "windows-874": "cp874",
    "x-sjis": "cp932",
}

SNIFFED_CHARACTERS = 2_048  # a page shows what it is in its beginning
FEW_BAD = 1_000  # characters for each bad byte, at least, in a page that is UTF-8 all the same
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
# Fragments, as feeds carry them, begin with a block.
_PAGE_START = re.compile(
    r"\s*<(?:!doctype\s+html|html|head|body|\?xml|!--"
    r"|(?:p|div|article|section|h[1-6]|table|ul|ol|blockquote|figure)(?:\s[^<>]{0,500})?>)",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"<(?:div|p|meta|script|link|article|section|h[1-6]|title|table|ul|span|br)\b[^<>]{0,500}>", re.IGNORECASE
)
_FEW_TAGS = 3  # a text that quotes a tag or two is still a text


def decode_page(data: bytes, declared: str | None = None) -> str | None:
    """The text of a page file: by byte order mark, as UTF-8, by the charset declared (HTTP header or by the
    caller), by the page's own meta charset, or as resiliparse's detector says. None when nothing fits.
    """
    for encoding, mark in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding)
    text = _decode(data, _wide(data) or "utf-8")
    if text is not None:
        return text
    meta = _META_CHARSET.search(data[:META_BYTES])
    named = meta[1].decode("ascii") if meta else ""
    # who could read the name in it has not got UTF-16
    for name in (declared, None if "16" in named else named, detect_encoding(data)):
        text = _decode(data, name) if name else None
        if text is not None:
            return text
    return _damaged(data)


def is_markup(content: str) -> bool:
    """Whether the content is HTML rather than text already flattened from it."""
    start = content[:SNIFFED_CHARACTERS].removeprefix("\ufeff")
    if _PAGE_START.match(start):
        return True
    return len(_BLOCK_TAG.findall(start)) >= _FEW_TAGS


def _damaged(data: bytes) -> str | None:
    """UTF-8 with a few bad bytes, as browsers read it; else the Western table."""
    if _BINARY.search(data):
        return None
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") * FEW_BAD <= len(text):
        return text
    return _decode(data, "cp1252")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: every second byte of its tags is null."""
    start = data[:SNIFFED_BYTES]
    nulls = start[::2].count(0), start[1::2].count(0)
    if 2 * max(nulls) <= len(start) // 2:
        return None
    return "utf-16-be" if nulls[0] > nulls[1] else "utf-16-le"


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        label = encoding.strip().lower()
        name = _LARGER.get(label) or lookup(label).name
        name = _LARGER.get(name, name)
        return data.decode(name) if name in _CHARSETS else None
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
