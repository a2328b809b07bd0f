"""The closed lists: reasons, types and states; events, headers, metric labels and documentation read them."""

from enum import StrEnum


class RejectReason(StrEnum):
    """Judgements about a sound record: normal, and counted."""

    NOT_ARTICLE = "not_article"
    TOO_SHORT = "too_short"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    EMPTY = "empty"


class FailureReason(StrEnum):
    """Why a record went to the dead letters: something is broken."""

    NOT_JSON = "not_json"
    SCHEMA = "schema"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NESTING = "nesting"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    INTERNAL = "internal"
    UNDATED = "undated"  # says that it was sent back, and what it was first has expired: received when?


class Flag(StrEnum):
    """What a reader of a cleaned article should know about how it was made."""

    PUBLISHED_CLAMPED = "published_clamped"  # published_at lay more than a day after received_at
    TEXT_TRUNCATED = "text_truncated"  # the body was longer than 512 kB
    REMOVED_TRUNCATED = "removed_truncated"  # the list of removed lines was longer than 64 kB
    ENTITIES_TRUNCATED = "entities_truncated"  # more than 2,000 mentions
    VALUES_TRUNCATED = "values_truncated"  # more than 2,000 values


class RemovedReason(StrEnum):
    """Why a line of a page is not part of the body; of HTML pages only furniture is listed."""

    PUBLISHER = "publisher"
    SECTION = "section"
    BYLINE = "byline"
    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    CREDIT = "credit"
    CAPTION = "caption"
    DATE = "date"
    PROMO = "promo"
    SIGN_UP = "sign_up"
    RELATED = "related"
    NAVIGATION = "navigation"
    SHARE = "share"
    LEGAL = "legal"
    COMMENTS = "comments"
    BIO = "bio"  # reserved: about the author; nothing gives it yet
    SCRIPT = "script"
    NO_TEXT = "no_text"
    ABOVE_BODY = "above_body"
    BELOW_BODY = "below_body"
    WITHIN_BODY = "within_body"
    REPEATED = "repeated"
    FURNITURE = "furniture"  # the publisher prints it in article after article (a snapshot says so)


class Completeness(StrEnum):
    FULL = "full"
    PARTIAL = "partial"  # a sign-up wall, or a text that breaks off


class Precision(StrEnum):
    SECOND = "second"
    DAY = "day"


class EntityType(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    GROUP = "group"
    EVENT = "event"


class MentionKind(StrEnum):
    FULL = "full"
    SHORT = "short"
    ACRONYM = "acronym"
    TITLED = "titled"


class LinkStatus(StrEnum):
    LINKED = "linked"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class ValueKind(StrEnum):
    DATE = "date"
    MONEY = "money"
    PERCENT = "percent"
    QUANTITY = "quantity"


class Support(StrEnum):
    """How much the tagger knows of an article's language."""

    FULL = "full"
    GAZETTEER = "gazetteer"


class Relation(StrEnum):
    ORIGINAL = "original"
    EXACT = "exact"
    NEAR = "near"


class Status(StrEnum):
    USABLE = "usable"
    WITHDRAWN = "withdrawn"


_LANGUAGES = """
af am ar as az ba be bg bn br bs ca cs cy da de dz el en es et eu fa fi fo fr
fy ga gd gl gu ha he hi hr ht hu hy id ig is it ja ka kk km kn ko ku ky lb lg
lo lt lv mg mk ml mn mr ms mt my ne nl no om or pa pl ps pt ro ru rw se si sk
sl sn so sq sr sv sw ta te tg th tk tl tr tt ug uk ur uz vi xh yo zh zu
"""
# What language identification can say (ISO 639-1); a page or a producer may declare others.
LANGUAGES = tuple(_LANGUAGES.split())
OTHER_LANGUAGE = "other"  # in metrics, whose labels are closed lists
