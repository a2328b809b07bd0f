"""What an article calls whom."""

from dataclasses import dataclass, field

from streams.tagging.shouting import SHOUTED
from streams.vocabulary import EntityType


@dataclass(slots=True)
class Names:
    """What an article calls whom: surface to type, acronym or stem to the surface in full."""

    types: dict[str, EntityType] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)
    loud: dict[str, EntityType] = field(default_factory=dict)
    """Names in capitals, of a text that shouts and may hold one of them."""
    shouted: bool = False
    """The body shouts."""

    def hear(self) -> None:
        """Fills in what the names are in capitals: `loud`, and in `full` what they stand for."""
        for surface, kind in self.types.items():
            if len(surface) >= SHOUTED and not surface.isupper():
                loud = surface.upper()
                if loud not in self.types:
                    self.loud.setdefault(loud, kind)
                self.full.setdefault(loud, self.full.get(surface, surface))
