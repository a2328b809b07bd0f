"""Bytes of a page file into text, and whether a text is a page at all."""

import re

from resiliparse.parse.encoding import detect_encoding

_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_META_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_:.-]{1,40})", re.IGNORECASE
)
META_BYTES = 4_096  # the standard asks for the first 1,024 bytes; real pages put long comments before
# Names that browsers read as a larger table than Python does (WHATWG Encoding Standard).
_WHATWG = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_WHATWG |= {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
}

SNIFFED_CHARACTERS = 2_048  # a page shows what it is in its beginning
_PAGE_START = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|\?xml|!--)", re.IGNORECASE)
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
    text = _decode(data, "utf-8")
    if text is not None:
        return text
    meta = _META_CHARSET.search(data[:META_BYTES])
    for name in (declared, meta[1].decode("ascii") if meta else None, detect_encoding(data)):
        text = _decode(data, name) if name else None
        if text is not None:
            return text
    return None


def is_markup(content: str) -> bool:
    """Whether the content is HTML rather than text already flattened from it."""
    start = content[:SNIFFED_CHARACTERS].removeprefix("\ufeff")
    if _PAGE_START.match(start):
        return True
    return len(_BLOCK_TAG.findall(start)) >= _FEW_TAGS


def _decode(data: bytes, encoding: str) -> str | None:
    name = encoding.strip().lower()
    try:
        return data.decode(_WHATWG.get(name, name))
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
