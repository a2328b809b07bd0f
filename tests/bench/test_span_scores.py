"""How the tagger's bench counts: strict spans and types, but for the signs at a name's ends."""

import pytest

from bench.span_scores import Scores, trimmed

TEXT = "He joined (the “Quay Post's”), a paper of Lowhaven."


def spans(*marked: tuple[str, str]) -> set[tuple[int, int, str]]:
    return {(TEXT.index(part), TEXT.index(part) + len(part), label) for part, label in marked}


@pytest.mark.parametrize("part", ["Quay Post", "the “Quay Post", "(the “Quay Post's”),", "Quay Post's"])
def test_article_quotes_brackets_and_possessive_do_not_count(part: str) -> None:
    assert trimmed(TEXT, spans((part, "ORG"))) == spans(("Quay Post", "ORG"))


def test_what_would_be_empty_stays() -> None:
    assert trimmed(TEXT, spans(("(the “", "ORG"))) != set()
    assert trimmed(TEXT, spans(("),", "ORG"))) == spans(("),", "ORG"))


def test_a_part_of_a_name_and_another_type_are_wrong() -> None:
    scores = Scores()
    scores.add(spans(("Quay", "ORG"), ("Lowhaven", "PER")), spans(("Quay Post", "ORG"), ("Lowhaven", "LOC")))
    assert scores.f1() == 0.0
    assert scores.confused == {("LOC", "PER"): 1}


def test_scores_are_counted_over_all_texts() -> None:
    scores = Scores()
    scores.add(spans(("Quay Post", "ORG"), ("He", "PER")), spans(("Quay Post", "ORG")))
    scores.add(set(), spans(("Lowhaven", "LOC")))
    assert (scores.precision("ORG"), scores.recall("ORG"), scores.f1("ORG")) == (1.0, 1.0, 1.0)
    assert (scores.precision(), scores.recall(), scores.f1()) == (0.5, 0.5, 0.5)


def test_of_nothing_the_scores_are_nothing() -> None:
    assert Scores().f1() == 0.0
