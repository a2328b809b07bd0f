"""All that what comes out of a record depends on, but the record: frozen in a plan, compared before a run."""

from dataclasses import dataclass, fields

from streams import __version__
from streams.cleaning import CLEANER_VERSION
from streams.dedup import SKETCH_VERSION
from streams.dedup.compare import RULE_VERSION
from streams.dedup.epoch import LOG_FORMAT
from streams.shell.furniture import furniture_of
from streams.shell.knowledge import knowledge_of
from streams.shell.settings import Settings, domains
from streams.tagging import TAGGER_VERSION


@dataclass(frozen=True, slots=True)
class Versions:
    """All that what comes out of a record depends on, but the record."""

    code: str
    clean: str
    tag: str
    tagger: str
    furniture: str  # "" without one, as the next
    knowledge: str
    sketch: int
    rule: int
    log_format: int
    domains: str  # the domain table, "en=0,*=1"
    validate_raw: bool

    def differences(self, other: "Versions") -> list[str]:
        """What `other` has otherwise: "rule 1 -> 2"."""
        pairs = ((f.name, getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return [f"{name} {ours or '-'} -> {theirs or '-'}" for name, ours, theirs in pairs if ours != theirs]


def versions_now(settings: Settings) -> Versions:
    """What this code and these settings would make of records. Raises Fatal where a file cannot be used."""
    knowledge = knowledge_of(settings)
    try:
        pack = knowledge.version if knowledge else ""
    finally:
        if knowledge:
            knowledge.close()
    table = domains(settings)
    return Versions(
        code=__version__,
        clean=CLEANER_VERSION,
        tag=TAGGER_VERSION,
        tagger=settings.tagger,
        furniture=furniture_of(settings).version,
        knowledge=pack,
        sketch=SKETCH_VERSION,
        rule=RULE_VERSION,
        log_format=LOG_FORMAT,
        domains=",".join(f"{language}={table[language]}" for language in sorted(table)),
        validate_raw=settings.validate_raw,
    )
