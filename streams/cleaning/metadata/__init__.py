# ruff: noqa: E501 -- lists of names read best whole
"""What a page says about its article besides the body: JSON-LD, OpenGraph, meta, microdata, then what people
read near the headline.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.cleaning.metadata.authors import people, signed
from streams.cleaning.metadata.bylines import byline_in, is_lead
from streams.cleaning.metadata.head import Head, read_head
from streams.cleaning.metadata.headline import choose, without_site
from streams.cleaning.metadata.jsonld import ARTICLES, Structured, clean_text, read_jsonld
from streams.cleaning.metadata.near_headline import Piece, pieces_near
from streams.cleaning.metadata.published import Dated, dates_of, is_date_name
from streams.cleaning.names import House, Standing
from streams.cleaning.times import Time
from streams.cleaning.url import path_words, registrable_domain, section_in_path

MAX_BYLINES = 10  # elements that call themselves bylines; further down they belong to teasers
LOOK = 400  # characters of one; longer elements hold more than a byline
RAW = 4_000  # of these with white space
MAX_HEADING = 500  # characters of an h1

_BYLINES = "[class*=author i], [class*=byline i], a[href*='/author']"
_HEADLINES = (
    "ogtitle",
    "twittertitle",
    "parselytitle",
    "sailthrutitle",
    "citationtitle",
    "dctitle",
    "dctermstitle",
    "title",
)
_STANDFIRSTS = ("ogdescription", "description", "twitterdescription", "dcdescription", "sailthrudescription")
_AUTHORS_NAMES = (
    "author articleauthor byl parselyauthor sailthruauthor dccreator dctermscreator citationauthor cxenseparseauthor "
    "btauthor vrauthor ogarticleauthor ogauthor creator authors articleauthorname twittermiscwrittenby"
)
_AUTHORS = tuple(_AUTHORS_NAMES.split())
_SECTIONS = (
    "articlesection",
    "ogarticlesection",
    "section",
    "parselysection",
    "prismsection",
    "cxenseparserecscategory",
)
_PUBLISHERS = ("ogsitename", "dcpublisher", "dctermspublisher", "citationpublisher", "applicationname")
_LANGUAGES = ("contentlanguage", "oglocale", "language", "dclanguage", "dctermslanguage", "inlanguage")
_LABELS = ("twitterlabel1", "twitterdata1", "twitterlabel2", "twitterdata2", "ogtype", "robots")
_WANTED = frozenset((*_HEADLINES, *_STANDFIRSTS, *_AUTHORS, *_SECTIONS, *_PUBLISHERS, *_LANGUAGES, *_LABELS))
_CONTAINERS = frozenset({"body", "main", "article", "html"})
_LISTS_NAMES = "collectionpage itemlist searchresultspage profilepage website webpage"
_LISTS = frozenset(_LISTS_NAMES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Absent is None or empty. `declares_article` is False where the page calls itself something else.

    `credits`: the agencies among those who signed. `dated`: how the day of publication is known. `types`: of
    all JSON-LD on the page, in lower case; `articles`: how many articles it describes; `times`: how many
    <time> elements the page has, `headings` how many h1 (both up to 20).
    """

    headline: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    credits: tuple[str, ...]
    section: str | None
    publisher: str | None
    language: str | None
    published: Time | None
    modified: Time | None
    dated: Dated | None
    canonical: str | None
    free: bool | None
    declares_article: bool | None
    og_type: str | None
    robots: str | None
    types: frozenset[str]
    articles: int
    times: int
    headings: int


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """The metadata of a parsed page, which stays as it is; `url` for the day, the site and the words in it.

    0.65 ms a page (200 kB on average) beyond the parse, most of it in CSS queries over the whole tree.
    """
    head = read_head(tree, _wanted)
    titles = [title for name in _HEADLINES if (title := head.first((name,)))]
    said = read_jsonld(head.scripts, url, " ".join([*titles[:1], head.title or ""]))
    publisher = _publisher(head, said)
    domain = registrable_domain(url) or ""
    house = House.of(publisher, said.publisher, *said.houses, domain, domain.partition(".")[0])
    headline, heading = _headline(head, [said.headline, *titles], url, house)
    pieces = pieces_near(heading) if heading is not None else []
    dates = dates_of(tree, head, said, pieces, url)
    authors, credited = _authors(tree, head, said, pieces, house)
    og_type = head.first(("ogtype",))
    robots = head.first(("robots",))
    declared = dates.dated == "article" or None
    return Metadata(
        headline=headline,
        standfirst=said.description or head.first(_STANDFIRSTS),
        authors=authors,
        credits=credited,
        section=said.section
        or head.first(_SECTIONS)
        or head.items.get("articlesection")
        or section_in_path(url),
        publisher=publisher,
        language=head.language or said.language or head.first(_LANGUAGES),
        published=dates.published,
        modified=dates.modified,
        dated=dates.dated,
        canonical=next(iter(head.canonicals)) if len(head.canonicals) == 1 else None,
        free=said.free,
        declares_article=declared
        or _declares_article(said.types, (og_type or "").lower(), (robots or "").lower()),
        og_type=og_type,
        robots=robots,
        types=said.types,
        articles=said.articles,
        times=len(head.times),
        headings=len(head.headings),
    )


def _wanted(name: str) -> bool:
    return name in _WANTED or is_date_name(name)


def _publisher(head: Head, said: Structured) -> str | None:
    """The site's name; some write their host there, and know a better one elsewhere."""
    name = head.first(_PUBLISHERS)
    if name and ("." not in name or " " in name):
        return name
    return said.publisher or name or next(iter(said.houses), None)


def _headline(
    head: Head, written: list[str | None], url: str, house: House
) -> tuple[str | None, LexborNode | None]:
    """The headline, and the h1 that stands for it even where it says it in other words."""
    titles = [title for title in dict.fromkeys((*written, head.items.get("headline"), head.title)) if title]
    headings = [clean_text(node.text(separator=" ")[:MAX_HEADING]) for node in head.headings]
    slug = path_words(url.partition("?")[0].rstrip("/").rpartition("/")[2])
    chosen = choose(headings, titles, slug, house)
    if chosen is not None:
        return without_site(headings[chosen], house), head.headings[chosen]
    place = next((i for i, heading in enumerate(headings) if heading and not house.is_it(heading)), None)
    node = head.headings[place] if place is not None else None
    if titles:
        return without_site(titles[0], house), node
    return (headings[place] if place is not None else None), node


def _authors(
    tree: LexborHTMLParser, head: Head, said: Structured, pieces: list[Piece], house: House
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(authors, credits) of the first source that names a person; where none does, of the first that names
    anyone: an agency, the publisher, an account.
    """
    best: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
    known = Standing.NOBODY
    for names, printed in _signatures(head, said, pieces):
        found = signed(names, house)
        standing = max(map(house.standing, found[0]), default=Standing.NOBODY)
        if known is Standing.NOBODY or standing is Standing.PERSON or (printed and standing > known):
            best, known = found, standing
        if known >= Standing.NAME:
            return best
    far = (names for node in _bylines(tree, head) if (names := byline_in(_texts(node), named=True)))
    if known is Standing.NOBODY:
        return next((signed(names, house) for names in far), best)
    # Elsewhere on the page stand the names of other articles' authors and of readers: they count beside the
    # publisher's only if all agree.
    persons = {names for names in far if any(house.standing(name) is Standing.PERSON for name in names)}
    return signed(persons.pop(), house) if len(persons) == 1 else best


def _signatures(head: Head, said: Structured, pieces: list[Piece]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The names that each place near the article signs with, the most reliable first, and whether they stand
    where people read them.
    """
    yield people(said.author), False
    for name in _AUTHORS:
        if values := head.meta.get(name):
            surnames_first = name == "citationauthor"
            yield people([_given_first(value) for value in values] if surnames_first else [*values]), False
    for n in "12":
        label, value = head.first((f"twitterlabel{n}",)), head.first((f"twitterdata{n}",))
        if label and value and is_lead(label):
            yield people(value), False
    yield byline_in([piece.text for piece in pieces]), True


def _given_first(name: str) -> str:
    surname, _, given = name.partition(", ")
    return f"{given} {surname}" if given and "," not in given else name


def _bylines(tree: LexborHTMLParser, head: Head) -> Iterator[LexborNode]:
    yield from head.bylines[:MAX_BYLINES]
    for node in tree.css(_BYLINES)[:MAX_BYLINES]:
        if node.tag not in _CONTAINERS:
            yield node


def _texts(node: LexborNode) -> list[str]:
    lines = node.text(separator="\n")[:RAW].split("\n")
    texts = [text for line in lines if (text := clean_text(line))]
    return texts if sum(map(len, texts)) < LOOK else []


def _declares_article(types: frozenset[str], og_type: str, robots: str) -> bool | None:
    """Consent and error pages ask not to be indexed; an article that does so says what it is."""
    if types & ARTICLES or "article" in og_type or og_type in ("video", "blog"):
        return True
    return False if types & _LISTS or og_type or "noindex" in robots else None
