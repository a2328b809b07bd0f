"""Cleaning: a raw article (a page, or text flattened from one) becomes the article and nothing else.

`clean` shows the order of work. Nothing is fetched, nothing is taken from the clock: the same record always
gives the same event, byte for byte.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.credits import credit_in
from streams.cleaning.decode import decode_page, is_markup
from streams.cleaning.flat import Flattened, reading_flat
from streams.cleaning.flat.header import Known
from streams.cleaning.furniture import NO_FURNITURE, Furniture
from streams.cleaning.guard import (
    Measures,
    encoded,
    may_fall_back,
    measure_markup,
    refuse_markup,
    refuse_text,
)
from streams.cleaning.hints import with_plain_hints
from streams.cleaning.language import language_of
from streams.cleaning.metadata import read_metadata
from streams.cleaning.page.extract import Body, own_body, second_opinion
from streams.cleaning.page.kind import article_probability
from streams.cleaning.removed import as_many
from streams.cleaning.text import cut, one_line
from streams.cleaning.times import Time, clamp, parse_time
from streams.cleaning.url import article_id, canonical_url, path_words, registrable_domain
from streams.cleaning.verdict import refuse_body, refuse_page
from streams.events import CleanedArticle, Failed, Publisher, RawArticle, Rejected, Removed, Withdrawal
from streams.parts import Parts, finished
from streams.vocabulary import Completeness, Flag, RejectReason, RemovedReason, Status

__all__ = ["CLEANER_VERSION", "article_id", "canonical_url", "clean", "cleaning", "decode_page"]

CLEANER_VERSION = "2"
MAX_TEXT = 512_000  # bytes of UTF-8 (contract)
MAX_FIELD = 2_000  # characters of a headline, standfirst or name; longer ones are a page's mistake
TOP = 3  # paragraphs among which the headline or a bare date may have been kept
LEAD_PARAGRAPHS = 5  # in which a page's description may be found again
PARAGRAPH = "\n\n"
_LETTER = re.compile(r"[^\W\d_]")


Outcome = CleanedArticle | Withdrawal | Rejected | Failed
Reading = Body | Flattened | None  # how a page or a flattened text was read; None where it was not


def clean(article: RawArticle, furniture: Furniture = NO_FURNITURE) -> Outcome:
    """The cleaned article without the `furniture` its publisher repeats, or why there is none.

    Failed: too_large, nesting, encoding (guard).
    Rejected: empty, too_short, not_article, unsupported_language.
    """
    return finished(cleaning(article, furniture))[0]


def cleaning(article: RawArticle, furniture: Furniture) -> Parts[tuple[Outcome, Reading]]:
    """`clean` in parts, and how the content was read on the way: `explain` shows it to people."""
    failed = refuse_text(article.url)
    if failed is not None:
        return failed, None
    page = encoded(article.content or "")
    if isinstance(page, Failed):
        return page, None
    if article.status is Status.WITHDRAWN:
        canonical = canonical_url(article.url)
        withdrawal = Withdrawal(
            id=article_id(canonical),
            url=article.url,
            canonical_url=canonical,
            received_at=article.received_at,
            status=Status.WITHDRAWN,
        )
        return withdrawal, None
    article = with_plain_hints(article)
    content = article.content or ""
    if not content or content.isspace():
        return Rejected(RejectReason.EMPTY, "no content"), None
    if article.content_type == "text/html" or (article.content_type is None and is_markup(content)):
        measures = measure_markup(page)
        failed = refuse_markup(measures)
        if failed is not None:
            return failed, None
        found, reading = _from_page(article, page, measures)
    else:
        found, reading = yield from _from_flat(article, content)
    if isinstance(found, Rejected):
        return found, reading
    yield
    return (yield from _event(article, found, furniture)), reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a page or text gave, with the producer's hints where it was silent."""

    canonical: str
    paragraphs: tuple[str, ...]
    publisher: str | None
    section: str | None
    headline: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    published: Time | None
    modified: Time | None = None
    language: str | None
    completeness: Completeness
    credited: tuple[str, ...]
    removed: tuple[Removed, ...] = ()
    confidence: float


def _from_page(article: RawArticle, page: bytes, measures: Measures) -> tuple[_Found | Rejected, Reading]:
    tree = LexborHTMLParser(page)
    metadata = read_metadata(tree, article.url)
    canonical = canonical_url(article.url, metadata.canonical)
    body = own_body(tree, title=metadata.headline, description=metadata.standfirst, met=measures.met)
    refused = refuse_page(
        article_probability(body.outline, body.judgement, metadata, article.url),
        metadata,
        body.judgement.share_kept,
    )
    # What is no article needs no second opinion of its body (96 of 231 doubtful development pages); but where
    # we found next to none, it tells a home page from an empty one.
    if (refused is None or refuse_body(body.paragraphs)) and may_fall_back(measures):
        body = second_opinion(tree, body)
    credited = {line: credit for line in body.paragraphs if (credit := credit_in(line))}
    headline = metadata.headline or article.headline
    paragraphs = tuple(
        line
        for i, line in enumerate(body.paragraphs)
        if line not in credited and not (i < TOP and (line == headline or not _LETTER.search(line)))
    )
    refused = refuse_body(paragraphs) or refused
    if refused is not None:
        return refused, body
    found = _Found(
        canonical=canonical,
        paragraphs=paragraphs,
        publisher=metadata.publisher or article.publisher,
        section=metadata.section or article.section,
        headline=headline,
        standfirst=_apart(body.standfirst, paragraphs),
        authors=metadata.authors or article.authors,
        published=metadata.published or _hinted(article),
        modified=metadata.modified,
        language=metadata.language or article.language,
        completeness=Completeness.PARTIAL if metadata.free is False else Completeness.FULL,
        credited=tuple(dict.fromkeys((*metadata.credits, *credited.values()))),
        confidence=body.confidence,
    )
    return found, body


def _apart(standfirst: str | None, paragraphs: tuple[str, ...]) -> str | None:
    """A description that is but the beginning of the body is no standfirst."""
    if standfirst is None:
        return None
    beginning = one_line(standfirst).rstrip(" .…[]")
    return None if any(beginning in paragraph for paragraph in paragraphs[:LEAD_PARAGRAPHS]) else standfirst


def _from_flat(article: RawArticle, text: str) -> Parts[tuple[_Found | Rejected, Reading]]:
    canonical = canonical_url(article.url)
    slug = path_words(canonical.rstrip("/").rpartition("/")[2])
    known = Known(article.headline, article.publisher, article.section, article.authors, slug)
    yield
    flat = yield from reading_flat(text, known)
    refused = refuse_body(flat.paragraphs)
    if refused is not None:
        return refused, flat
    header = flat.header
    found = _Found(
        canonical=canonical,
        paragraphs=flat.paragraphs,
        publisher=article.publisher or header.publisher,
        section=article.section or header.section,
        headline=article.headline or header.headline,
        standfirst=header.standfirst,
        authors=article.authors or header.authors,
        published=_hinted(article) or header.published,
        language=article.language,
        completeness=flat.completeness,
        credited=flat.credits,
        removed=flat.removed,
        confidence=flat.confidence,
    )
    return found, flat


def _hinted(article: RawArticle) -> Time | None:
    return parse_time(article.published_at) if article.published_at else None


def _event(article: RawArticle, found: _Found, furniture: Furniture) -> Parts[CleanedArticle | Rejected]:
    flags = []
    domain = registrable_domain(found.canonical)
    # Judged before the furniture goes: a snapshot changes texts, never which articles there are.
    whole = PARAGRAPH.join(found.paragraphs)
    language = language_of(whole, found.language)
    if language is None:
        return Rejected(
            RejectReason.UNSUPPORTED_LANGUAGE, "a language that the model does not know, and no hint"
        )
    yield
    paragraphs, repeated = furniture.strip(domain, found.paragraphs)
    if repeated:
        whole = PARAGRAPH.join(paragraphs)
    text = cut(whole, MAX_TEXT).rstrip()
    if len(text) < len(whole):
        flags.append(Flag.TEXT_TRUNCATED)
    published, clamped = clamp(found.published, article.received_at) if found.published else (None, False)
    if clamped:
        flags.append(Flag.PUBLISHED_CLAMPED)
    everything = (*found.removed, *(Removed(line, RemovedReason.FURNITURE) for line in repeated))
    removed = as_many(everything)
    if len(removed) < len(everything):
        flags.append(Flag.REMOVED_TRUNCATED)
    fetched = parse_time(article.fetched_at) if article.fetched_at else None
    return CleanedArticle(
        id=article_id(found.canonical),
        url=article.url,
        canonical_url=found.canonical,
        received_at=article.received_at,
        publisher=Publisher(name=_field(found.publisher), domain=domain),
        section=_field(found.section),
        headline=_field(found.headline),
        standfirst=_field(found.standfirst),
        authors=tuple(name for author in found.authors if (name := _field(author))),
        published_at=str(published) if published else None,
        published_precision=published.precision if published else None,
        modified_at=str(found.modified) if found.modified else None,
        fetched_at=str(fetched) if fetched else None,
        flags=tuple(flags),
        language=language,
        text=text,
        content_hash=blake2b(text.encode(), digest_size=16).hexdigest(),
        completeness=found.completeness,
        credits=found.credited,
        removed=removed,
        confidence=found.confidence,
        provenance={"clean": CLEANER_VERSION, **furniture.provenance},
    )


def _field(text: str | None) -> str | None:
    return (one_line(text)[:MAX_FIELD].strip() or None) if text else None
