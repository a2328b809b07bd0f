"""What an operator gives the stages: furniture, knowledge, a tagger. Workers read, their processes use them.

What reads these files brings the stages with it, 35 MB of a process that only moves records; so nothing is
imported for what is not given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.pipeline import CLEAN, TAG, Step, use_furniture, use_knowledge, use_tagger
from streams.shell.settings import Settings

if TYPE_CHECKING:
    from streams.cleaning.furniture import Furniture
    from streams.shell.knowledge import OpenPack
    from streams.tagging.tiers import Choice


@dataclass(frozen=True, slots=True)
class Given:
    """None of each: no furniture, no pack, the tagger of the package."""

    furniture: "Furniture | None" = None
    knowledge: "OpenPack | None" = None
    tagger: "Choice | None" = None

    def use(self) -> None:
        """For the stages of this process, a stage process."""
        use_furniture(self.furniture)
        if self.knowledge is not None:
            use_knowledge(self.knowledge.read())
            self.knowledge.close()
        if self.tagger is not None:
            use_tagger(self.tagger)

    def close(self) -> None:
        if self.knowledge is not None:
            self.knowledge.close()


def given(settings: Settings, steps: Sequence[Step]) -> Given:
    """What the settings give these steps. Raises Fatal(SETTINGS) where one of them cannot be used."""
    furniture = knowledge = tagger = None
    if CLEAN in steps and settings.furniture:
        from streams.shell.furniture import furniture_of

        furniture = furniture_of(settings)
    if TAG in steps and settings.knowledge:
        from streams.shell.knowledge import knowledge_of

        knowledge = knowledge_of(settings)
    if TAG in steps and settings.tagger.strip() != "builtin":
        from streams.shell.tagger import tagger_of

        tagger = tagger_of(settings)
    return Given(furniture, knowledge, tagger)
