# ruff: noqa: E501 -- a pattern reads best whole
"""The names in author fields, whatever separates, leads and follows them."""

import re
from collections.abc import Iterable
from functools import lru_cache

from streams.cleaning.credits import agency_in
from streams.cleaning.days import day_in
from streams.cleaning.metadata.jsonld import clean_text
from streams.cleaning.names import HOUSE, NOBODY, ROLES, House, Standing, is_degree

MAX_AUTHORS = 20
MAX_NAME = 80  # characters
REMEMBERED_FIELDS = 1_024  # of one name or two: 10 us each, and a page tells its author in several places
MAX_FIELD = 1_000  # characters of an author field that are read

# What leads a byline before a name; alone in its line; with a colon.
_BEFORE = r"by|(?:words|written|story|article|posted|reported) by|von|par|por|di|a cura di|door|av|af|oleh|przez|بقلم|द्वारा|מאת"
_ALONE = (
    rf"{_BEFORE}|(?:text|report|photos? and text) by|authors?|written|verfasst von|geschrieben von|autor(?:in)?|autora|autorzy?|autors|écrit par|publié par"
    r"|escrito por|publicado por|scritto da|geschreven door|skrevet av|skrevet af|napisał|yazan|penulis|автор|szerző|írta|kirjoittaja|bởi|tác giả|作者|글|كتب|από"
)
LEAD = re.compile(
    rf"(?:(?:{_ALONE}|text|texte|tekst|текст|文|de)\s?[:：]|(?:{_ALONE})$|(?:{_BEFORE})\s+|記者|记者|文/|撰文)\s*",
    re.IGNORECASE,
)
AND = r"and|und|et|y|e|en|og|och|ja|oraz|ve|dan|și|si|и|і|та|και|ו|و|with|avec|mit|con|com|&"
SEVERAL = re.compile(
    rf"\s*[;|/•·،、，；]\s*|\s*,\s+(?:(?:{AND})\s+)?|\s+(?:{AND})\s+|(?-i:\s+[ai]\s+(?=[^\W\d_a-z]))|\s?[和與及]\s?(?=\S)",
    re.IGNORECASE,
)
# Two of three author fields are one name and nothing else: 30 us saved on each.
_PLAIN = re.compile(r"[^\W\d_a-z][\w'’-]+ (?:[^\W\d_a-z]\. )?[^\W\d_a-z][\w'’-]+")
_LEADING_WORDS = "by von par por di door av af text oleh przez words written story posted reported autor autora author authors"
_NOT_PLAIN = ROLES | frozenset(_LEADING_WORDS.split()) | {"기자", "특파원"}
_COMMA = re.compile(r"\s*[,;]\s+")
# "Ann Example editor": two capitalised words or three before the role; "Senior" and the like are none of a name.
_NAMED_BEFORE = re.compile(
    r"(?!(?:Senior|Chief|Staff|Contributing|Managing|Deputy|Associate|Assistant|Master|Lead|Digital|News|Freelance)\b)[^\W\d_a-z][\w'’.-]+(?: [^\W\d_a-z][\w'’.-]*){1,2}"
)
# "Ann Example in Berlin", "Ann Example for The Post".
_PLACE = re.compile(r" (?:in|for|für|pour|para|per|voor|aus|à|en) (?=[^\W\d_a-z])")
_LABELLED = re.compile(
    r"(?:image|photo|foto|bild|picture|design|code|content|illustration|video|graphic)s?\s?[:©]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?:/{1,2}|www\.)\S*|\S{1,80}@\S*|\{[^}]{0,80}\}{0,2}")
_SUFFIX = re.compile(r"\s?(?:記者|记者|기자|특파원|さん|[／/].{1,8}[報报][導导道])$")


def people(value: object) -> tuple[str, ...]:
    """The names in an author field: a string ("By A and B"), an object with a name, or a list of these."""
    names: dict[str, None] = {}
    for item in value[:MAX_AUTHORS] if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        for written in name[:MAX_AUTHORS] if isinstance(name, list) else [name]:
            if isinstance(written, str):
                names.update(dict.fromkeys(_names(clean_text(written[:MAX_FIELD]))))
    return tuple(list(names)[:MAX_AUTHORS])


def signed(names: Iterable[str], house: House) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(authors, credits): agencies are credits; where no person signed, they and the publisher are authors too."""
    given = list(dict.fromkeys(names))
    agencies = tuple(name for name in given if agency_in(name))
    others = [name for name in given if name not in agencies]
    persons = [name for name in others if house.standing(name) >= Standing.NAME]
    return tuple(persons or others or given), agencies


def _names(field: str) -> tuple[str, ...]:
    return _known_names(field) if len(field) <= MAX_NAME else tuple(_split(field))


@lru_cache(REMEMBERED_FIELDS)
def _known_names(field: str) -> tuple[str, ...]:
    return tuple(_split(field))


def _split(field: str) -> list[str]:
    """The names in one string, without titles of office, addresses and what leads them."""
    if _PLAIN.fullmatch(field) and not _NOT_PLAIN.intersection(field.lower().split()):
        return [field]
    text = _ADDRESS.sub(" ", field)
    if lead := LEAD.match(text):
        text = text[lead.end() :]
    if day := day_in(text):
        text = text[: day.start]
    if agency_in(text.strip()):
        return [text.strip()]
    segments = [_without_role(segment) for segment in _COMMA.split(text)]
    parts = [clean for segment in segments for part in SEVERAL.split(segment) if (clean := _clean(part))]
    return _joined(text, parts) or [clean for clean in [_clean(text)] if clean]


def _without_role(segment: str) -> str:
    """What stands between two commas, without what the one named before is ("home and garden editor"); a name
    that "and" joins to it stays.
    """
    words = segment.lower().split()
    place = next((i for i, word in enumerate(words) if word in ROLES), None)
    if place is None:
        return segment
    behind = SEVERAL.split(" " + " ".join(segment.split()[place + 1 :]), maxsplit=1)
    before = " ".join(segment.split()[:place])
    if len(behind) == 2:
        return behind[1]
    return before if _NAMED_BEFORE.fullmatch(before) else ""


def _clean(part: str) -> str:
    name = _SUFFIX.sub("", part.strip(' ,;|:-–—*"“”[]')).lstrip("@")
    if name.startswith("(") or name.endswith("("):
        name = name.strip("()")
    if _LABELLED.match(name):
        return ""
    if (place := _PLACE.search(name)) and _NAMED_BEFORE.fullmatch(name[: place.start()]):
        name = name[: place.start()]
    for bar in (" - ", " – ", " — "):
        head, _, tail = name.partition(bar)
        if tail and any(word in ROLES or word in HOUSE for word in tail.lower().split()):
            name = head
    return "" if len(name) >= MAX_NAME or name.lower() in NOBODY else name


def _joined(text: str, parts: list[str]) -> list[str]:
    """Parts put together again that a comma or "and" does not separate: degrees ("Ann Example, MD, RD"), a
    surname before its given name ("Example, Ann"), an office's name ("Centre for Law and Order").
    """
    if len(parts) == 2 and re.search(r"\band\b|&", text) and _one_office(parts):
        return [" ".join(text.split()).strip(" ,")]
    if len(parts) == 2 and "," in text and _surname_first(parts):
        return [f"{parts[1]} {parts[0]}"]
    names: list[str] = []
    for part in parts:
        if names and is_degree(part, after=names[-1]):
            names[-1] += f", {part}"
        elif not names or not any(word in ROLES for word in part.lower().split()):
            names.append(part)
    return names


def _one_office(parts: list[str]) -> bool:
    first, second = (part.split() for part in parts)
    return len(first) > 2 and len(second) == 1 and any(word.islower() for word in first)


def _surname_first(parts: list[str]) -> bool:
    surname, given = parts
    words = given.split()
    return (
        " " not in surname
        and surname[0].isalpha()
        and len(words) <= 3
        and all(word[0].isupper() for word in words)
        and any(word.endswith(".") or len(word) == 1 for word in words)
        and not is_degree(given, after="")
        and agency_in(surname) is None
    )
