"""What the contract says of every outcome of cleaning, whatever went in."""

import re
import unicodedata

import orjson

from streams import contract
from streams.cleaning import MAX_FIELD, MAX_TEXT
from streams.cleaning.removed import MAX_REMOVED
from streams.events import CleanedArticle, Failed, Rejected

# Controls, tabs and line breaks among them; bidi controls; what has no width and spells no words.
_NO_WIDTH = "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"
UNSEEN = re.compile(f"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069{_NO_WIDTH}]")


def held(result: object) -> None:
    """The result keeps the contract, or is a verdict."""
    assert isinstance(result, CleanedArticle | Rejected | Failed), type(result)
    if not isinstance(result, CleanedArticle):
        return
    lines = [result.headline, result.standfirst, result.section, result.publisher.name, *result.authors]
    fields = [line for line in (*lines, *result.credits) if line is not None]
    assert all(field and len(field) <= MAX_FIELD for field in fields), [len(field) for field in fields]
    assert len(result.text.encode()) <= MAX_TEXT
    assert sum(len(line.text.encode()) for line in result.removed) <= MAX_REMOVED
    texts = [*fields, result.canonical_url, *(line.text for line in result.removed)]
    for text in (result.text.replace("\n", " "), *texts):  # a paragraph may begin with a mark
        assert not UNSEEN.search(text), UNSEEN.search(text)
        assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"\n{3}|(?<!\n)\n(?!\n)|^\s|\s$", result.text)
    event = contract.encode(result)  # refuses lone surrogates
    assert contract.schema_error(contract.CLEANED, orjson.loads(event)) is None
