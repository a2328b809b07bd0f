"""JSON as pages write it: wrapped in comments, escaped twice, with trailing commas, or cut off."""

import html
import json
import re

import orjson

MAX_SCRIPT = 2_000_000  # characters of one script; longer ones are passed over
MAX_LOOSE = 300_000  # characters that the tolerant, slower ways read
MAX_VALUE = 2_000  # characters of a field that is picked out of broken JSON
MAX_JOINED = 20  # objects that stand one after another without a list around them
AUTHOR_SPAN = 600  # characters behind "author" in which its names stand

# Old pages hide their scripts from XML parsers and from browsers without scripts.
_OPENINGS = ("//", "<![CDATA[", "<!--", "/*", "*/")
_CLOSINGS = (";", "]]>", "-->", "//", "/*", "*/")
# Strings go whole, so that nothing in them is taken for waste; an open one goes to the end: else this is
# quadratic.
_WASTE = re.compile(
    r'("(?:[^"\\]|\\.)*+"?)|/\*[^*]{0,2000}\*/|(?<![:"])//[^\n"]*|,(?=\s{0,200}[}\]])', re.DOTALL
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_FIELDS = (
    "headline|datePublished|dateModified|articleSection|inLanguage|description|@type|url|isAccessibleForFree"
)
_FIELD = re.compile(
    rf'"({_FIELDS})"\s{{0,20}}:\s{{0,20}}(?:"((?:[^"\\\n]|\\.){{0,{MAX_VALUE}}}+)"|(true|false))'
)
_AUTHOR = re.compile(r'"author"\s{0,20}:\s{0,20}')
_NAME = re.compile(r'"name"\s{0,20}:\s{0,20}"((?:[^"\\\n]|\\.){1,200}+)"')


def load(script: str) -> object:
    """The value of a script, as much of it as can be read; None for what is no JSON at all.

    The strict parser reads 98% of development pages; what it refuses is repaired, and what cannot be repaired
    gives one object with the fields an article has, read one by one.
    """
    if len(script) > MAX_SCRIPT:
        return None
    text = _unwrapped(script)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _loose(text[:MAX_LOOSE]) if text[:1] in ("{", "[", "&") else None


def _unwrapped(script: str) -> str:
    text = script.strip()
    for opening in _OPENINGS:
        text = text.removeprefix(opening).lstrip()
    for closing in _CLOSINGS:
        text = text.removesuffix(closing).rstrip()
    return text


def _loose(text: str) -> object:
    if text.startswith(("{&quot;", "[&quot;", "{ &quot;", "&")):
        text = html.unescape(text)
    text = _BAD_ESCAPE.sub(r"\\\\", _WASTE.sub(lambda match: match[1] or "", text))
    decoder = json.JSONDecoder(strict=False)
    values: list[object] = []
    position = 0
    try:
        while position < len(text) and len(values) < MAX_JOINED:
            value, position = decoder.raw_decode(text, position)
            values.append(value)
            while position < len(text) and text[position] in " \t\r\n,;":
                position += 1
    except (ValueError, RecursionError):
        return [*values, _picked(text[position:])]
    return values


def _picked(text: str) -> dict[str, object]:
    """The fields of the first article in a text that is no JSON, as long as each is one itself."""
    found: dict[str, object] = {}
    for match in _FIELD.finditer(text):
        found.setdefault(match[1], _string(match[2]) if match[3] is None else match[3])
    if author := _AUTHOR.search(text):
        span = text[author.end() : author.end() + AUTHOR_SPAN].partition('"publisher"')[0]
        if span.startswith('"'):
            found["author"] = _string(span[1:].partition('"')[0])
        else:
            found["author"] = [_string(name) for name in _NAME.findall(span)]
    return found


def _string(escaped: str) -> str:
    try:
        return str(json.loads(f'"{escaped}"', strict=False))
    except ValueError:
        return escaped
