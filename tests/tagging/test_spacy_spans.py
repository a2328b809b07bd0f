"""The spaCy tier: what its names become."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.tagging.spacy_spans import SpacyFinder, spans_of
from streams.tagging.spans import Span
from streams.tagging.tiers import TierError
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType


@dataclass
class Name:
    start_char: int
    end_char: int
    label_: str


def test_people_organisations_and_places_are_kept_and_nothing_else() -> None:
    labels = ["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "DATE", "EVENT"]
    spans = spans_of([Name(10 * i, 10 * i + 5, label) for i, label in enumerate(labels)])
    assert spans == [
        Span(0, 5, EntityType.PERSON),
        Span(10, 15, EntityType.ORGANISATION),
        Span(20, 25, EntityType.PLACE),
        Span(30, 35, EntityType.PLACE),
        Span(40, 45, EntityType.PLACE),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that knows two names, as an operator's own would be."""
    spacy = pytest.importorskip("spacy", reason="the extra `spacy` is not installed")
    pipeline = spacy.blank("en")
    patterns = [{"label": "PERSON", "pattern": "Ada Byron"}, {"label": "GPE", "pattern": "Turin"}]
    pipeline.add_pipe("entity_ruler").add_patterns(patterns)
    path = tmp_path_factory.mktemp("pipeline") / "own"
    pipeline.to_disk(path)
    return path


def test_a_pipeline_in_a_folder_finds_names_in_several_texts(folder: Path) -> None:
    finder = SpacyFinder(str(folder))
    texts = ["Ada Byron came.", "", "To Turin"]
    assert finder.spans([tokenize(text) for text in texts]) == [
        [Span(0, 9, EntityType.PERSON)],
        [],
        [Span(3, 8, EntityType.PLACE)],
    ]
    assert finder.name.startswith("spacy en_")


def test_a_text_beyond_the_pipelines_limit_has_no_names_and_stops_nothing(folder: Path) -> None:
    finder = SpacyFinder(str(folder))
    text = "Turin " * (finder._pipeline.max_length // 6 + 1)
    assert finder.spans([tokenize(text), tokenize("Turin")])[1] == [Span(0, 5, EntityType.PLACE)]


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="the extra `spacy` is not installed")
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(TierError, match="finds no names"):
        SpacyFinder(str(tmp_path / "blank"))


def test_a_missing_pipeline_or_spacy_itself_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TierError, match=r"install"):
        SpacyFinder(str(tmp_path / "none"))
