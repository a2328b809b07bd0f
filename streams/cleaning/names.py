# ruff: noqa: E501 -- lists of words read best whole
"""What a name in a byline is: a person's, an account's, the publisher's own, a degree, a role, nobody's."""

import re
from dataclasses import dataclass
from enum import IntEnum

from streams.cleaning.credits import agency_in

NAME_WORDS = 5  # of a person's name at most, without what a comma follows

_ROLE_WORDS = (
    "editor reporter correspondent writer journalist columnist contributor producer director manager founder co-founder "
    "cofounder ceo cto officer author analyst photographer chief president head specialist expert consultant strategist "
    "redakteur redakteurin korrespondent korrespondentin reporterin journaliste rédacteur rédactrice correspondant redactor "
    "redactora periodista corresponsal giornalista inviato redacteur verslaggever correspondente editora repórter jornalista "
    "dziennikarz reportér journalisti toimittaja professor dietitian nutritionist horticulturist horticulturalist "
    "psychologist therapist attorney lawyer engineer scientist researcher designer developer coach host anchor critic "
    "economist historian educator"
)
ROLES = frozenset(_ROLE_WORDS.split())
_HOUSE_WORDS = (
    "team staff editors editorial newsroom newsdesk desk news press redaktion redaction rédaction redacción redacao redação "
    "redazione redactie redaksi redakcja redakce toimitus redaktionen agencies contributor contributors admin administrator "
    "nachrichten editor guest online web digital marketing department center centre institute association company group"
)
HOUSE = frozenset(_HOUSE_WORDS.split())
# What content systems fill in where no author is.
_NOBODY_NAMES = "admin|administrator|author|the author|root|webmaster|user|wordpress|null|none|undefined|unknown|n/a|written by|posted by|by|test|super user|anonymous user|view all posts|more"
NOBODY = frozenset(_NOBODY_NAMES.split("|"))
_TITLE_NAMES = (
    "md do phd rd rdn ldn ms msc ma ba bs bsc mba mph cpa cfp cfa ea jd llm dvm vmd dds dmd dnp np rn pa pac pharmd dpt pt "
    "ot edd psyd lcsw lmft lpc facp facs facc faap facog faclm fand cpt cscs cissp cisa psp cpp pe aia esq jr sr ii iii iv obe "
    "mbe cbe kc qc mp frcs bsn msn crnp ibclc cns cnm"
)
TITLES = frozenset(_TITLE_NAMES.split())
_PARTICLE_WORDS = "de da di del della der den des van von vom zu zur bin ibn al el la le las los du dos das do ten ter af av e y i d' of"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())

_ARTICLES = frozenset({"the", "a", "an", "this", "all", "my"})
_HANDLE = re.compile(r"(?=\S*[\d_.])\S+|[a-z]+|[A-Za-z]*[a-z][A-Z][A-Za-z]*")
_NOT_NAMED = re.compile(
    r"[?!:→»©&]|['’]s\b|\b(?:to|about|more|your|our|how|what|why|follow|skip|read|view|all)\b", re.IGNORECASE
)
_NO_LETTER = re.compile(r"[\W_]+")


class Standing(IntEnum):
    """How much an author's name tells, from nothing to a person's full name."""

    NOBODY = 0
    PUBLISHER = 1
    ACCOUNT = 2  # "admin2", "News Team"
    NAME = 3  # "Ann"
    PERSON = 4


@dataclass(frozen=True, slots=True)
class House:
    """The names a publisher goes by, folded: an author of one of these is nobody in particular."""

    names: frozenset[str]

    @classmethod
    def of(cls, *names: str | None) -> "House":
        return cls(frozenset(key for name in names if name and len(key := _key(name)) > 1))

    def is_it(self, name: str) -> bool:
        """Whether a name is the publisher's own, or holds it."""
        key = _key(name)
        return any(key == own or (len(own) > 3 and own in key) for own in self.names)

    def standing(self, name: str) -> Standing:
        """Who a name is, as far as it tells."""
        words = name.lower().split()
        if self.is_it(name):
            return Standing.PUBLISHER
        if any(word in HOUSE for word in words) or (len(words) == 1 and _HANDLE.fullmatch(name)):
            return Standing.ACCOUNT
        return Standing.PERSON if len(words) > 1 or not name[:1].isascii() else Standing.NAME


def is_name(name: str, *, explicit: bool) -> bool:
    """Whether a text can be the name of a person; what `explicit`ly follows "By" can be that of a group or an
    account as well.
    """
    words = name.partition(",")[0].split()
    if not 1 <= len(words) <= NAME_WORDS or name.lower() in NOBODY or _NOT_NAMED.search(name):
        return False
    if any(word.lower() in ROLES for word in words) or (words[-1].endswith(".") and len(words[-1]) > 4):
        return False
    small = [word for word in words if word[0].islower() and word not in _PARTICLES]
    if len(small) == len(words) and small[0] in _ARTICLES:
        return False
    if explicit:
        return len(small) * 2 <= len(words) or len(words) <= 2
    return len(words) >= 2 and not small and not any(character.isdecimal() for character in name)


def is_degree(part: str, *, after: str) -> bool:
    """Whether a text behind a name and a comma is a degree, or one more where some stand already."""
    if agency_in(part):
        return False
    words = ["".join(c for c in word if c.isalpha()).lower() for word in part.replace(".", "").split()]
    if words and all(word in TITLES for word in words):
        return True
    return part.endswith(("®", "™")) or (", " in after and part.isupper() and len(part) <= 6)


def _key(name: str) -> str:
    return _NO_LETTER.sub("", name.casefold())
