"""The plan of a replay: frozen offsets, what they were frozen under, and where the run's own topics are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
from cattrs.preconf.orjson import make_converter

from streams.dedup.fold import KEEP_MS
from streams.pipeline import DEDUP, STEPS, TAG, Step
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.versions import Versions
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

FORMAT = 1
# A run's topics begin so, behind the prefix of the live ones; its consumers of articles.* never see them.
REPLAY = "replay."
PROGRESS = "replay.progress"
# A run id is part of topic names, whose 249 characters must hold the prefix and the longest name as well.
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# What a run writes is kept so long unless a person says otherwise: as articles.tagged is, by default.
KEEP_DAYS = 7.0
# A century: behind the year 9999 no time can be told, and Kafka counts retention.ms in 63 bits.
KEEP_MOST_DAYS = 36_500.0


@dataclass(frozen=True, slots=True)
class Range:
    """Offsets of one partition, [start, end): a partition is done when its position is >= end."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run reads and does. Times are RFC 3339, offsets are those of the live topic `source`."""

    format: int = FORMAT
    run: str
    created_at: str
    cluster: str
    prefix: str
    topic_prefix: str
    first: str
    last: str
    given_from: str
    given_to: str
    ranges: dict[int, Range]
    warm_up: dict[int, Range] = field(default_factory=dict)
    cold: bool = False
    missing: tuple[str, ...] = ()
    """What of the warm-up was gone already, for a person."""
    removals_since: int
    """Withdrawals and erasures from this time on, in ms since 1970, win over what is read."""
    removals_begin: int = 0
    """The first offset of articles.tagged/0, which tells of them, when it was planned."""
    erasures_since: int = 0
    """What was received before this time, in ms, is not read, or whoever planned took it upon themselves: of
    its erasures nothing tells any more. 0: all are known."""
    keep_days: float = KEEP_DAYS
    """How long each record is kept that the run writes: none of it need stay until somebody aborts it."""
    versions: Versions
    records: int
    warm_up_records: int = 0
    estimate_seconds: float

    @property
    def steps(self) -> tuple[Step, ...]:
        """The stages from the first to the last."""
        names = [step.name for step in STEPS]
        return STEPS[names.index(self.first) : names.index(self.last) + 1]

    @property
    def source(self) -> str:
        """The live topic that is read, without its prefix."""
        return self.steps[0].source

    @property
    def decides(self) -> bool:
        """Whether de-duplication is a part of it."""
        return DEDUP in self.steps

    @property
    def read_since(self) -> int:
        """The time from which on erasures have to be known, in ms since 1970."""
        return max(self.removals_since + (0 if self.warm_up else KEEP_MS), self.erasures_since)

    def in_warm_up(self, partition: int, offset: int) -> bool:
        """Whether nothing is to be written of a record."""
        own = self.ranges.get(partition)
        return own is None or offset < own.start

    def end_of(self, partition: int) -> int | None:
        """The offset that a run reads a partition to; None of one that it does not read."""
        one = self.ranges.get(partition, self.warm_up.get(partition))
        return one.end if one is not None else None

    @property
    def targets(self) -> tuple[str, ...]:
        """The topics of events that the run writes, without prefix: what its last stage makes, and where
        copies are decided the tagged events as well, for `promote`.
        """
        return (TAG.target, DEDUP.target) if self.decides else (self.steps[-1].target,)


def run_settings(settings: Settings, plan: Plan) -> Settings:
    """The settings under which the topics of a run have their names: topic_name(these, "articles.tagged")."""
    return replace(settings, topic_prefix=f"{plan.topic_prefix}{REPLAY}{plan.run}.")


def progress_topic(settings: Settings) -> str:
    """By the live settings: one topic for all runs."""
    return topic_name(settings, PROGRESS)


def producer_id(settings: Settings, run: str) -> str:
    """The transactional id of a run: whoever starts it next fences the last."""
    return f"{settings.prefix}.{REPLAY}{run}"


def write_plan(plan: Plan, path: Path) -> None:
    """Writes a new file. Raises Fatal(CANNOT_WRITE) where that cannot be, or it is there already."""
    try:
        with path.open("xb") as file:
            file.write(as_json(plan))
    except OSError as error:
        raise Fatal(Exit.CANNOT_WRITE, f"{path}: {error.strerror}") from None


def read_plan(path: Path) -> Plan:
    """The plan in a file. Raises Fatal: NO_INPUT where it cannot be read, SETTINGS where it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Fatal(Exit.NO_INPUT, f"{path}: {error.strerror}") from None
    try:
        return plan_of(orjson.loads(data))
    except ValueError as error:
        raise Fatal(Exit.SETTINGS, f"{path} is no plan of `copydesk replay plan`: {error}") from None


def as_json(plan: Plan) -> bytes:
    return orjson.dumps(as_object(plan), option=orjson.OPT_INDENT_2) + b"\n"


def as_object(plan: Plan) -> dict[str, object]:
    """A plan as JSON has it: partitions are strings there."""
    unstructured: dict[str, object] = _CONVERTER.unstructure(plan)
    return unstructured


def plan_of(loaded: object) -> Plan:
    """The inverse of as_object. Raises ValueError that says what is wrong."""
    if not isinstance(loaded, dict) or "run" not in loaded:
        raise ValueError("not a JSON object with a run")
    if loaded.get("format") != FORMAT:
        raise ValueError(f"format {loaded.get('format')}, this version reads {FORMAT}")
    try:
        plan = _CONVERTER.structure(loaded, Plan)
    except Exception as error:  # cattrs gathers whatever the fields raise into groups of its own
        raise ValueError(_cause(error)) from None
    wrong = _wrong(plan)
    if wrong is not None:
        raise ValueError(wrong)
    return plan


def refuse_foreign(settings: Settings, plan: Plan, cluster: str) -> None:
    """Raises Fatal(SETTINGS) where the plan was made for another Kafka or other names than the settings'."""
    pairs = (
        ("the Kafka cluster", plan.cluster, cluster),
        ("COPYDESK_PREFIX", plan.prefix, settings.prefix),
        ("COPYDESK_TOPIC_PREFIX", plan.topic_prefix, settings.topic_prefix),
    )
    for what, theirs, ours in pairs:
        if theirs != ours:
            raise Fatal(
                Exit.SETTINGS, f"run {plan.run} was planned for {what} {theirs!r}, here it is {ours!r}"
            )


def _wrong(plan: Plan) -> str | None:
    names = [step.name for step in STEPS]
    if not RUN_ID.fullmatch(plan.run):
        return f"run {plan.run!r} cannot be part of a topic's name"
    if plan.first not in names or plan.last not in names or names.index(plan.first) > names.index(plan.last):
        return f"stages {plan.first}..{plan.last}: may be a stretch of {', '.join(names)}"
    if not plan.ranges:
        return "it has no ranges"
    if not 0 < plan.keep_days <= KEEP_MOST_DAYS:
        return f"keep_days {plan.keep_days}: more than 0, at most {KEEP_MOST_DAYS:.0f}"
    if wrong := _wrong_ranges("ranges", plan.ranges) or _wrong_ranges("warm_up", plan.warm_up):
        return wrong
    for partition, one in plan.ranges.items():
        warm = plan.warm_up.get(partition)
        if warm is not None and warm.end != one.start:
            return f"warm_up, partition {partition}: ends at {warm.end}, and the range begins at {one.start}"
    return None


def _wrong_ranges(name: str, ranges: Mapping[int, Range]) -> str | None:
    for partition, one in ranges.items():
        if partition < 0 or not 0 <= one.start <= one.end:
            return f"{name}, partition {partition}: {one.start} to {one.end} is no stretch of offsets"
    return None


def _cause(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    notes = getattr(error, "__notes__", [])
    return f"{type(error).__name__}: {error}" + "".join(f" ({note})" for note in notes)


_CONVERTER = make_converter(forbid_extra_keys=True)
