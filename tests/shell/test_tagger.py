"""COPYDESK_TAGGER: what cannot be used ends the start with exit 78 and what to do."""

from pathlib import Path

import pytest

from streams.shell import tagger
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings, read_settings
from streams.shell.tagger import tagger_of
from streams.tagging.tiers import BUILTIN, Tier


def refusal(text: str) -> str:
    with pytest.raises(Fatal) as refused:
        tagger_of(Settings(tagger=text))
    assert refused.value.code is Exit.SETTINGS
    message = str(refused.value)
    assert message.startswith(f"COPYDESK_TAGGER={text}: ")
    return message


def test_the_packages_own_model_is_the_default() -> None:
    assert tagger_of(read_settings({})) == BUILTIN


def test_no_tier_of_ours() -> None:
    assert "builtin, spacy:PIPELINE" in refusal("flair")


@pytest.mark.parametrize(("text", "extra"), [("spacy:en", "spacy"), ("teacher:/t", "teacher")])
def test_a_missing_extra_is_named(text: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "find_spec", lambda _name: None)
    assert f"pip install 'copydesk[{extra}]'" in refusal(text)


def test_a_missing_pipeline_or_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tagger.NEEDS, Tier.SPACY, ())
    monkeypatch.setitem(tagger.NEEDS, Tier.TEACHER, ())
    assert "no such pipeline" in refusal("spacy:no_such_pipeline")
    assert "train_teacher.py" in refusal(f"teacher:{tmp_path}")
