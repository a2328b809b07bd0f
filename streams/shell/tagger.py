"""The finder that COPYDESK_TAGGER names. What cannot be used is one clear line, before any work."""

from importlib.util import find_spec
from pathlib import Path

from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.tagging.teacher import read_card
from streams.tagging.tiers import Choice, Tier, TierError, choice_of

NEEDS = {Tier.BUILTIN: (), Tier.SPACY: ("spacy",), Tier.TEACHER: ("onnxruntime", "tokenizers")}
"""The packages that each tier imports."""


def tagger_of(settings: Settings) -> Choice:
    """The tier that the settings want, its model to be loaded by each stage process.

    Raises Fatal(SETTINGS) where the text is no tier, or the extra or the model's folder is missing.
    """
    given = settings.tagger
    try:
        choice = choice_of(given)
    except TierError as error:
        raise Fatal(Exit.SETTINGS, f"COPYDESK_TAGGER={given}: {error}") from error
    missing = [package for package in NEEDS[choice.tier] if find_spec(package) is None]
    if missing:
        what = f"{', '.join(missing)} not installed: pip install 'copydesk[{choice.tier}]'"
        raise Fatal(Exit.SETTINGS, f"COPYDESK_TAGGER={given}: {what}")
    if choice.tier is Tier.TEACHER:
        try:
            read_card(Path(choice.source))
        except TierError as error:
            raise Fatal(Exit.SETTINGS, f"COPYDESK_TAGGER={given}: {error}") from error
    if choice.tier is Tier.SPACY and not _pipeline_is_there(choice.source):
        what = "no such pipeline; `python -m spacy download en_core_web_md` installs one, or give its folder"
        raise Fatal(Exit.SETTINGS, f"COPYDESK_TAGGER={given}: {what}")
    return choice


def _pipeline_is_there(source: str) -> bool:
    return Path(source).is_dir() or (source.isidentifier() and find_spec(source) is not None)
