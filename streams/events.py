"""The nouns: one frozen record for each kind of event.

Times are RFC 3339 strings in UTC ("2026-11-22T10:00:00Z"), offsets are Unicode code points, languages are
ISO 639-1 and countries ISO 3166-1 alpha-2. A field at its default is absent on the wire: there are no nulls
and no empty strings. The schemas in `schemas/` are the truth; a test holds these records to them.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from streams.vocabulary import (
    Completeness,
    EntityType,
    FailureReason,
    Flag,
    LinkStatus,
    MentionKind,
    Precision,
    RejectReason,
    Relation,
    RemovedReason,
    Status,
    Support,
    ValueKind,
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A stage's verdict on a sound record that does not go further."""

    reason: RejectReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that could not be judged: it goes to the dead letters."""

    reason: FailureReason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """articles.raw: a page or its flattened text, with what the producer already knows.

    `received_at` is not on the wire: it is the raw record's Kafka timestamp, or in file mode `fetched_at`,
    else the start of the run. `content` is absent only when `status` is withdrawn.
    """

    url: str
    received_at: str
    content: str | None = None
    content_type: Literal["text/html", "text/plain"] | None = None
    status: Status = Status.USABLE
    publisher: str | None = None
    headline: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None
    published_at: str | None = None
    fetched_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    name: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Removed:
    """A line taken out of a page, and why."""

    text: str
    reason: RemovedReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedArticle:
    """articles.cleaned: the article and nothing but the article."""

    id: str
    url: str
    canonical_url: str
    received_at: str
    publisher: Publisher = field(default_factory=Publisher)
    section: str | None = None
    headline: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    published_precision: Precision | None = None
    modified_at: str | None = None
    fetched_at: str | None = None
    flags: tuple[Flag, ...] = ()
    language: Language
    text: str
    content_hash: str
    completeness: Completeness
    credits: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    confidence: float
    provenance: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The publisher took the article back; travels the same topics in the article's place."""

    id: str
    url: str
    canonical_url: str
    received_at: str
    status: Literal[Status.WITHDRAWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How sure the entity's ids are."""

    status: LinkStatus
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    wikidata: str | None = None
    geonames: str | None = None
    iso3166: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Geo:
    """Degrees, WGS 84."""

    lat: float
    lon: float
    country: str | None = None


class Mention(NamedTuple):
    """`text` is the headline's or the body's [start:end], as `where` says ("in" on the wire).

    A tuple with names: an article has sixty, which as dataclasses take four times as long to make.
    """

    start: int
    end: int
    where: Literal["headline", "text"]
    text: str
    kind: MentionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One person, organisation, place, group or event, with every mention of it in the article."""

    id: str
    type: EntityType
    name: str
    ids: Ids = field(default_factory=Ids)
    link: Link
    geo: Geo | None = None
    salience: float
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A date, an amount of money, a share or a quantity in the body: text[start:end]."""

    kind: ValueKind
    start: int
    end: int
    text: str
    value: float | str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Tagger:
    name: str
    support: Support


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticle(CleanedArticle):
    """articles.tagged: the cleaned article plus what it speaks of."""

    entities: tuple[Entity, ...]
    values: tuple[Value, ...]
    tagger: Tagger


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The how-manieth text of this id, and when the first was received."""

    number: int
    first_received_at: str
    previous_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Of which article this is a copy; `group` points towards the family's first."""

    relation: Relation
    of: str | None = None
    group: str
    jaccard: float | None = None
    containment: float | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichedArticle(TaggedArticle):
    """articles.enriched: the tagged article plus its place among all the others.

    The de-duplication agent never builds one: it splices the last four fields into the tagged bytes
    (contract.enrich). Consumers and tests decode to it.
    """

    version: Version
    duplicate: Duplicate
    decision: int
    status: Status
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Withdrawal):
    """A withdrawal on articles.enriched: it is a decision about the article like any other."""

    decision: int | None = None
    version: Version | None = None
