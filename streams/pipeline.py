"""The order of the work: one table of steps; `run` takes one record through one of them, `together` several.

Cleaning and tagging judge each record by itself. De-duplication remembers: its step is in the table for
the order, but its records go through `streams.dedup.decide` one after another, and `enriched` makes the
bytes of what was decided.

A stage is imported when its first record comes or it is warmed up (`streams.warming`): who only moves
records loads none.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from streams import contract
from streams.events import (
    CleanedArticle,
    Duplicate,
    Failed,
    RawArticle,
    Rejected,
    TaggedArticle,
    Version,
    Withdrawal,
)
from streams.parts import Parts
from streams.vocabulary import EntityType, FailureReason

if TYPE_CHECKING:
    from streams.cleaning.furniture import Furniture
    from streams.dedup import Emission
    from streams.tagging.finders import Finder
    from streams.tagging.knowledge import Knowledge
    from streams.tagging.tiers import Choice

# Stands for the hash of a text that is not there, in a withdrawal's CloudEvents id.
WITHDRAWN = "withdrawn"


# Tuples with names: a frozen dataclass takes three times as long to make, and every hop makes some of each.
class Record(NamedTuple):
    """What a step reads: a record's value, and its Kafka timestamp (in file mode the start of the run).

    `fetched_counts`: file mode, where the producer's fetched_at says when an article was received.
    `validate`: whether a raw event is held to its schema.
    """

    value: bytes | None
    received_at: str
    fetched_counts: bool = False
    validate: bool = True


class Output(NamedTuple):
    """What a step makes of a record: the next event's bytes, and what its headers need to say.

    `entities`: how many of each EntityType, in its order, for the metrics; absent but of tagged articles.
    """

    id: str
    content_hash: str
    received_at: str
    language: str
    value: bytes
    fingerprint: bytes | None = None
    entities: tuple[int, ...] = ()


Outcome = Output | Rejected | Failed


@dataclass(frozen=True, slots=True)
class Step:
    """One stage between two topics; `stage` is absent where records are decided in order by one writer.

    It gives the outcome, or does its work in parts.
    """

    name: str
    source: str
    target: str
    stage: Callable[[Record], Outcome | Parts[Outcome]] | None


_furniture: "Furniture | None" = None
_knowledge: "Knowledge | None" = None
_finder: "Finder | None" = None


def use_furniture(furniture: "Furniture | None") -> None:
    """What cleaning takes out of publishers' articles in this process; set once, before its first record."""
    global _furniture
    _furniture = furniture


def use_knowledge(knowledge: "Knowledge | None") -> None:
    """Whom tagging links in this process; set once, before its first record."""
    global _knowledge
    _knowledge = knowledge


def use_tagger(choice: "Choice") -> None:
    """Which tier finds names in this process; loads its model. Set once, before its first record.

    Raises TierError where the tier cannot be used.
    """
    from streams.tagging.finders import finder_of

    global _finder
    _finder = finder_of(choice)


def run(step: Step, record: Record) -> Outcome:
    """Takes one record through a step. Never raises: what a stage did not foresee is Failed(INTERNAL)."""
    try:
        ((outcome, _),) = together(step, (record,))
    except MemoryError as error:
        return Failed(FailureReason.CRASHED, str(error))
    return outcome


def together(
    step: Step, records: Sequence[Record], clock: Callable[[], float] = float
) -> list[tuple[Outcome, float]]:
    """Takes several records through a step side by side, one part of its work after another.

    In their order what came of each, whatever the others do, and the seconds that it took by `clock`; without
    one, none. What a part works with, its code and its tables, is in the processor's caches for all records
    but the first.
    Raises MemoryError where one of them needed more than there is, and nothing else.
    """
    works = [_in_parts(step, record) for record in records]
    seconds = [0.0] * len(works)
    outcomes: dict[int, Outcome] = {}
    going = list(range(len(works)))
    while going:
        for number in going:
            began = clock()
            outcome = _next_part(works[number])
            seconds[number] += clock() - began
            if outcome is not None:
                outcomes[number] = outcome
        going = [number for number in going if number not in outcomes]
    return [(outcomes[number], took) for number, took in enumerate(seconds)]


def _in_parts(step: Step, record: Record) -> Parts[Outcome]:
    """The stage's work on a record: one part where the stage makes none."""
    made = step.stage(record) if step.stage is not None else _decided_elsewhere(step)
    return (yield from made) if isinstance(made, Generator) else made


def _next_part(work: Parts[Outcome]) -> Outcome | None:
    """Does the next part; gives what came of the record, None where there are more."""
    try:
        next(work)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    except MemoryError:
        pass  # raised below, where nothing holds what has filled the memory
    except RecursionError:
        return Failed(FailureReason.NESTING, "nested too deep")
    except Exception as error:
        return Failed(FailureReason.INTERNAL, f"{type(error).__name__}: {error}"[:300])
    else:
        return None
    raise MemoryError("out of memory")


def enriched(tagged: bytes, emission: "Emission") -> bytes:
    """The enriched event of a decision: the tagged (or withdrawal's) bytes and what was decided of them."""
    if emission.relation is None or emission.group is None:
        return contract.enrich_withdrawal(tagged, emission.decision)
    version = Version(
        number=emission.version,
        first_received_at=contract.rfc3339(emission.first_received_ms),
        previous_hash=emission.previous_hash.hex() if emission.previous_hash else None,
    )
    duplicate = Duplicate(
        relation=emission.relation,
        of=emission.of.hex() if emission.of else None,
        group=emission.group.hex(),
        jaccard=emission.jaccard,
        containment=emission.containment,
        score=emission.score,
    )
    return contract.enrich(tagged, version, duplicate, emission.decision)


def _clean(record: Record) -> Parts[Outcome]:
    from streams.cleaning import cleaning
    from streams.cleaning.furniture import NO_FURNITURE

    article = contract.decode_raw(
        record.value,
        record.received_at,
        fetched_counts=record.fetched_counts,
        validate=record.validate,
    )
    if not isinstance(article, RawArticle):
        return article
    yield
    cleaned, _ = yield from cleaning(article, _furniture or NO_FURNITURE)
    if isinstance(cleaned, (Rejected, Failed)):
        return cleaned
    yield
    return _output(cleaned)


def _tag(record: Record) -> Parts[Outcome]:
    from streams.dedup import fingerprint_of
    from streams.tagging import tagging
    from streams.tagging.finders import BUILTIN_FINDER

    article = contract.decode_cleaned(record.value, record.received_at)
    if isinstance(article, Failed):
        return article
    tagged: TaggedArticle | Withdrawal
    if isinstance(article, Withdrawal):
        tagged = article
    else:
        yield
        tagged = yield from tagging(article, _knowledge, _finder or BUILTIN_FINDER)
        yield
    fingerprint = fingerprint_of(tagged).pack()
    yield
    return _output(tagged, fingerprint)


def _fingerprint(record: Record) -> Outcome:
    from streams.dedup import fingerprint_of

    article = contract.decode_tagged(record.value, record.received_at)
    return article if isinstance(article, Failed) else _output(article, fingerprint_of(article).pack())


def _output(event: CleanedArticle | Withdrawal, fingerprint: bytes | None = None) -> Output:
    content_hash, language = WITHDRAWN, ""
    entities: tuple[int, ...] = ()
    if not isinstance(event, Withdrawal):
        content_hash, language = event.content_hash, event.language.code
    if isinstance(event, TaggedArticle):
        types = [entity.type for entity in event.entities]
        entities = tuple(map(types.count, EntityType))
    value = contract.encode(event)
    return Output(event.id, content_hash, event.received_at, language, value, fingerprint, entities)


def _decided_elsewhere(step: Step) -> NoReturn:
    raise TypeError(f"{step.name} decides in order: streams.dedup.decide")


CLEAN = Step("clean", source=contract.RAW, stage=_clean, target=contract.CLEANED)
TAG = Step("tag", source=contract.CLEANED, stage=_tag, target=contract.TAGGED)
DEDUP = Step("dedup", source=contract.TAGGED, stage=None, target=contract.ENRICHED)
STEPS = (CLEAN, TAG, DEDUP)

# File mode reads tagged events without their headers: this makes the fingerprint anew.
FINGERPRINT = Step("fingerprint", source=contract.TAGGED, stage=_fingerprint, target=contract.TAGGED)
