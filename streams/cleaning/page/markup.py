"""What the outline knows of HTML: the kinds of elements, and what class names announce.

Tables of hashes, for the kernels: names are told apart by a 64-bit FNV-1a of their lower-case code points.
"""

from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from streams.compiled import record

FNV_OFFSET, FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
SLOTS = 2_048  # of each table of hashes; the fullest has some 300 entries

# Taken out of the tree before it is written out: nothing in them is text that a reader sees.
_STRIPPED = (
    "script style svg iframe template select textarea object embed canvas video audio math map datalist "
    "source link noembed noframes frameset head"
)
STRIPPED = _STRIPPED.split()

_BLOCKS = (
    "noscript html body p div section article main header footer nav aside li ul ol dl dt dd h1 h2 h3 h4 h5 "
    "h6 blockquote pre table tbody thead tfoot tr td th caption figure figcaption form fieldset legend "
    "address hr center details summary button label option menu dialog hgroup search xmp plaintext"
)
_VOID = "area base br col embed hr img input link meta param source track wbr keygen basefont bgsound frame"
_BOLD = "b strong em i u"
_SPECIAL = ("br", "a", "img", "input", "xmp", "plaintext")

# One number for each family of elements; blocks carry that of the innermost block element.
_KINDS = {
    1: "p", 2: "li", 3: "h1", 4: "h2", 5: "h3", 6: "h4 h5 h6", 7: "blockquote", 8: "pre", 9: "td th",
    10: "dt dd", 11: "figcaption caption", 12: "button label legend summary", 13: "address", 14: "div",
    15: "section article main", 16: "header", 17: "footer nav", 18: "aside",
}  # fmt: skip
ITEM, H1, LAST_HEADING, CELL = 2, 3, 6, 9

# Bits that an element hands down to all that it holds.
_LANDMARKS = "article main footer nav figure,figcaption li table,td,th form section dialog"
LANDMARK = {names.split(",")[0]: 1 << i for i, names in enumerate(_LANDMARKS.split())}
# What role="..." makes of an element.
_ROLES = {
    "main": "main", "contentinfo": "footer", "navigation": "nav", "article": "article", "dialog": "dialog",
}  # fmt: skip

# Words of classes and ids by what they announce. The web's class names are English in every language.
GROUPS = {
    "article": "article body content story post entry text prose copy richtext wysiwyg paragraph rich "
    "paragraphs articlebody bodytext blog",
    "comment": "comment comments reply replies disqus discussion respond forum talkback",
    "newsletter": "newsletter subscribe signup cta form subscription email optin login register membership "
    "donate donation join",
    "footer": "footer copyright legal disclaimer bottom foot colophon policy",
    "card": "card cards list grid item items slider carousel swiper slick feed collection tile tiles listing "
    "stream row",
    "product": "product price shop cart buy deals rating review store",
    "consent": "cookie consent gdpr cookies onetrust didomi usercentrics cookiebot truste cmp quantcast ccpa",
    "standfirst": "standfirst deck dek lede lead summary subtitle excerpt intro description subheadline sub "
    "abstract",
    # kinds of pages that are no articles
    "listing": "archive category tag listing home frontpage homepage index landing search results collection "
    "collections catalog",
    "docs": "docs documentation doc toc api reference code highlight wiki mediawiki",
    "forum": "forum forums thread threads topic topics votes answer answers question reputation signature",
    "service": "hero cta pricing testimonial testimonials features clients contact service services landing",
    # of the words for standfirsts, those that mean nothing else
    "deck": "standfirst deck dek subtitle subheadline",
}
GROUP = {name: 1 << i for i, name in enumerate(GROUPS)}

ATTRIBUTES = ("class", "id", "role")
CLASS, ID, ROLE = range(1, len(ATTRIBUTES) + 1)


class Hashes(Protocol):
    """A record. An open-addressing table: `values[slot]` belongs to `keys[slot]`; a key of 0 is free."""

    keys: NDArray[np.uint64]
    values: NDArray[np.int64]


class Markup(Protocol):
    """A record. names: element -> number; the arrays give its kind, landmark, and whether it is a block, void
    or bold. words: class word -> group; attributes -> number; roles -> landmark."""

    names: Hashes
    kind: NDArray[np.int64]
    landmark: NDArray[np.int64]
    block: NDArray[np.int64]
    void: NDArray[np.int64]
    bold: NDArray[np.int64]
    words: Hashes
    attributes: Hashes
    roles: Hashes


def fnv(name: str) -> int:
    """FNV-1a over code points, as the kernels compute it."""
    value = int(FNV_OFFSET)
    for character in name:
        value = ((value ^ ord(character)) * int(FNV_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


def _hashes(pairs: dict[str, int]) -> Hashes:
    keys, values = np.zeros(SLOTS, np.uint64), np.zeros(SLOTS, np.int64)
    for name, value in pairs.items():
        key = fnv(name)
        slot = key % SLOTS
        while keys[slot] != 0:
            slot = (slot + 1) % SLOTS
        keys[slot], values[slot] = key, value
    return cast(Hashes, record(keys=keys, values=values))


def _words() -> dict[str, int]:
    """Each class word with the bits of the groups it is in."""
    found: dict[str, int] = {}
    for group, words in GROUPS.items():
        for word in words.split():
            found[word] = found.get(word, 0) | GROUP[group]
    return found


def _build() -> Markup:
    kinds = {name: kind for kind, names in _KINDS.items() for name in names.split()}
    marks = {name: 1 << i for i, names in enumerate(_LANDMARKS.split()) for name in names.split(",")}
    blocks, voids, bold = (frozenset(names.split()) for names in (_BLOCKS, _VOID, _BOLD))
    names = sorted({*kinds, *marks, *blocks, *voids, *bold})
    names = [*_SPECIAL, *(name for name in names if name not in _SPECIAL)]
    listed = ["", *names]
    tables = record(
        names=_hashes({name: i for i, name in enumerate(listed) if name}),
        kind=np.array([kinds.get(name, 0) for name in listed], np.int64),
        landmark=np.array([marks.get(name, 0) for name in listed], np.int64),
        block=np.array([name in blocks for name in listed], np.int64),
        void=np.array([name in voids for name in listed], np.int64),
        bold=np.array([name in bold for name in listed], np.int64),
        words=_hashes(_words()),
        attributes=_hashes({name: i for i, name in enumerate(ATTRIBUTES, 1)}),
        roles=_hashes({role: LANDMARK[mark] for role, mark in _ROLES.items()}),
    )
    return cast(Markup, tables)


MARKUP = _build()
BR, A, IMG, INPUT, XMP, PLAINTEXT = range(1, len(_SPECIAL) + 1)
"""The numbers of the elements that the outline treats in a way of their own."""
