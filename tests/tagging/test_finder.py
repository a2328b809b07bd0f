"""Which stretches are names, and of what."""

import numpy as np
import pytest

from streams.tagging.finder import find
from streams.tagging.gazetteer import gazetteer
from streams.tagging.rules import settle
from streams.tagging.spans import Span, spans_in
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType
from tests.tagging.articles import entity, names, tagged

P, O, L, E = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.EVENT  # noqa: E741


def _spans(text: str) -> list[Span]:
    document = tokenize(text)
    found = settle(document, find(document), gazetteer())[0]
    rows = zip(found.starts, found.ends, found.types, found.titled, strict=True)
    return [Span(start, end, kind, bool(titled)) for start, end, kind, titled in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met Anna Keller on Friday.", [("Anna Keller", P)]),
        ("They met Mr Zedrik outside.", [("Zedrik", P)]),
        ("US Defence Secretary Paul Norwood left.", [("US", L), ("Paul Norwood", P)]),
        ("The Ministry of Health and Welfare objected.", [("Ministry of Health and Welfare", O)]),
        ("Shares of Brightwater Holdings fell.", [("Brightwater Holdings", O)]),
        (
            "The Wagner Group struck. The Russian Wagner Group denied it.",
            [("Wagner Group", O), ("Wagner Group", O)],
        ),
        ("The Russian Foreign Ministry denied it.", [("Russian Foreign Ministry", O)]),
        ("He was called a dangerous Regional Criminal Organization.", []),
        ("A ferry sank on Lake Victoria.", [("Lake Victoria", L)]),
        ("Fires burn in northern Spain and in Bakhmut.", [("Spain", L), ("Bakhmut", L)]),
        ("The Kremlin and the Pentagon were silent.", [("Kremlin", O), ("Pentagon", O)]),
        ("The old bridge was closed. Swimming is fun.", []),
        ("In March the CEO watched TV on Monday.", []),
        ("They met at the World Cup in Qatar.", [("World Cup", E), ("Qatar", L)]),
        ("The men left Anna Keller’s house.", [("Anna Keller", P)]),
        ("Mr. Zedrik and a Hong Kong-based firm.", [("Zedrik", P), ("Hong Kong", L)]),
        ("A bill passed the US Congress on Friday.", [("US Congress", O)]),
        ("French and Iraqi troops are Muslims and Christians.", []),
    ],
)
def test_names_in_a_sentence(text: str, expected: list[tuple[str, EntityType]]) -> None:
    spans = _spans(text)
    assert [(text[span.start : span.end], span.type) for span in spans] == expected


def test_a_title_is_left_out_of_the_span_and_remembered() -> None:
    (span,) = _spans("They met Dr. Zedrik outside.")
    assert (span.start, span.end, span.titled) == (13, 19, True)


def test_a_demonym_that_the_acronym_counts_belongs_to_the_name() -> None:
    """ "Nordic Grid Authority (NGA)" is one organisation; "Russian Wagner Group" is the Wagner Group."""
    event = tagged(
        "The Nordic Grid Authority (NGA) runs the link. The NGA said on Monday it would look again."
    )
    assert ("Nordic Grid Authority", "organisation") in names(event)
    assert [m.text for m in entity(event, "Nordic Grid Authority").mentions] == [
        "Nordic Grid Authority",
        "NGA",
        "NGA",
    ]


def test_evidence_that_says_nothing_changes_nothing() -> None:
    document = tokenize("They met Anna Keller at the World Cup in Qatar.")
    none = np.zeros((len(document.words), 7), np.float32)
    assert spans_in(find(document, none)) == spans_in(find(document))


def test_evidence_is_weighed_beside_our_own_scores() -> None:
    document = tokenize("They met Anna Keller at the World Cup in Qatar.")
    evidence = np.zeros((len(document.words), 7), np.float32)
    first = document.words.index("Anna")
    evidence[first, 3] = evidence[first + 1, 4] = 30
    found = {(document.text[span.start : span.end], span.type) for span in spans_in(find(document, evidence))}
    assert found == {("Anna Keller", O), ("World Cup", E), ("Qatar", L)}
