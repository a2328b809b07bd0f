"""The better tier `spacy`: names as a spaCy pipeline finds them. Needs the extra `spacy` and a pipeline.

A pipeline is a package (en_core_web_md) or a folder; only its components that names depend on are run.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from streams.tagging.spans import Span, without_overlaps
from streams.tagging.tiers import TierError
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

if TYPE_CHECKING:
    from spacy.language import Language

TYPES = {
    "PERSON": EntityType.PERSON,
    "PER": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
}
"""Of OntoNotes' labels (en_core_web_*) and WikiNER's (xx_ent_wiki_sm). NORP ("Russians") is of no type."""
UNUSED = ("parser", "tagger", "morphologizer", "attribute_ruler", "lemmatizer", "textcat", "senter")
"""Components that names do not depend on."""
BATCH = 16
"""Texts that nlp.pipe takes together."""


class Named(Protocol):
    """What is used of spaCy's Span."""

    start_char: int
    end_char: int
    label_: str


class SpacyFinder:
    """A loaded pipeline. Not for threads: a stage process has its own."""

    def __init__(self, pipeline: str) -> None:
        """Loads `pipeline`, a package's name or a path. Raises TierError where it or spaCy is missing."""
        self._pipeline = _loaded(pipeline)
        meta = self._pipeline.meta
        self.name = f"spacy {meta.get('lang')}_{meta.get('name')} {meta.get('version')}"

    def __call__(self, document: Document) -> list[Span]:
        """Spans of people, organisations and places in text order, without overlaps."""
        return self.spans([document])[0]

    def spans(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The same of several documents at once, in their order. A text beyond spaCy's limit has no names."""
        limit = self._pipeline.max_length
        texts = [document.text if len(document.text) <= limit else "" for document in documents]
        return [spans_of(read.ents) for read in self._pipeline.pipe(texts, batch_size=BATCH)]


def spans_of(named: Iterable[Named]) -> list[Span]:
    """spaCy's names as ours; labels that TYPES does not list are left out."""
    return without_overlaps(
        [Span(one.start_char, one.end_char, TYPES[one.label_]) for one in named if one.label_ in TYPES]
    )


def _loaded(pipeline: str) -> "Language":
    try:
        import spacy
    except ImportError as error:
        raise TierError(f"{error.name} is not installed: pip install 'copydesk[spacy]'") from error
    try:
        loaded: Any = spacy.load(pipeline, exclude=list(UNUSED))
    except OSError as error:
        what = f"no spaCy pipeline {pipeline!r}"
        todo = "install its package (`python -m spacy download en_core_web_md`) or give its folder"
        raise TierError(f"{what}: {todo}") from error
    except (ValueError, ImportError) as error:  # made by another version, or with components it lacks
        why = str(error).splitlines()[0][:200]
        raise TierError(f"the spaCy pipeline {pipeline!r} does not load: {why}") from error
    if not any(name in loaded.pipe_names for name in ("ner", "entity_ruler", "span_ruler")):
        raise TierError(f"the spaCy pipeline {pipeline!r} finds no names: it has no component `ner`")
    found: Language = loaded
    return found
