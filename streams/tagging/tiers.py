"""Which finder a desk uses: its own, or one of the better and slower tiers, as COPYDESK_TAGGER says."""

from dataclasses import dataclass
from enum import StrEnum


class TierError(ValueError):
    """A tier cannot be used; the message says why and what to do."""


class Tier(StrEnum):
    """The finders. Document rules, places and salience are the same for all."""

    BUILTIN = "builtin"  # the package's own model
    SPACY = "spacy"  # spacy:PIPELINE, a spaCy pipeline's spans instead
    TEACHER = "teacher"  # teacher:FOLDER, a transformer's evidence beside the package's own


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier and what it works with: the pipeline's name or path, or the teacher's folder."""

    tier: Tier
    source: str = ""


BUILTIN = Choice(Tier.BUILTIN)
FORMS = "builtin, spacy:PIPELINE (a name or a path) or teacher:FOLDER"


def choice_of(text: str) -> Choice:
    """Reads `builtin`, `spacy:en_core_web_md`, `teacher:/var/lib/copydesk/teacher`; nothing is built-in.

    Raises TierError.
    """
    name, _, source = text.strip().partition(":")
    try:
        tier = Tier(name or Tier.BUILTIN)
    except ValueError:
        raise TierError(f"{name!r} is no tagger; it may be {FORMS}") from None
    if (tier is Tier.BUILTIN) == bool(source):
        raise TierError(f"it may be {FORMS}")
    return Choice(tier, source)
