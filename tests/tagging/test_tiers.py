"""What COPYDESK_TAGGER may say."""

import pytest

from streams.tagging.tiers import BUILTIN, Choice, Tier, TierError, choice_of


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("", BUILTIN),
        ("builtin", BUILTIN),
        ("spacy:en_core_web_md", Choice(Tier.SPACY, "en_core_web_md")),
        ("teacher:/var/lib/teacher:2", Choice(Tier.TEACHER, "/var/lib/teacher:2")),
    ],
)
def test_a_tier_and_what_it_works_with(text: str, choice: Choice) -> None:
    assert choice_of(text) == choice


@pytest.mark.parametrize("text", ["bert", "spacy", "spacy:", "teacher", "builtin:x", ":x"])
def test_anything_else_is_refused_with_what_it_may_be(text: str) -> None:
    with pytest.raises(TierError, match=r"builtin, spacy:PIPELINE .* or teacher:FOLDER"):
        choice_of(text)
