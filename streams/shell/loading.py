"""What the supervisor, or a server of stage processes, loads of the stages: what it forks shares that."""

import gc
from collections.abc import Callable, Sequence

from streams.pipeline import CLEAN, FINGERPRINT, TAG, Step
from streams.shell.compiling import cold_start
from streams.shell.freed import Freed
from streams.shell.logs import configured, log
from streams.shell.unread import give_back_files
from streams.warming import warm_up_cleaning, warm_up_fingerprints, warm_up_tagging

# New objects between two collections. A batch of 500 records has 5,000 headers, an article takes a stage some
# 500 objects, and none of them is part of a cycle.
GARBAGE = 50_000
# A step's warm-up, and the packages whose kernels it runs. Other steps are the tests'.
_LOADED: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {
    CLEAN.name: (warm_up_cleaning, ("cleaning",)),
    TAG.name: (warm_up_tagging, ("tagging", "dedup")),
    FINGERPRINT.name: (warm_up_fingerprints, ("dedup",)),
}
_here: set[str] = set()
"""What this process has loaded, or the one that it was forked from."""


def load(steps: Sequence[Step]) -> None:
    """Loads these steps for good, those that are not here yet. Raises RuntimeError where one does not work on
    this machine.

    A worker, which logs, says why a first start takes a minute; a command has said so itself.
    """
    collect_seldom()
    missing = [step.name for step in steps if step.name in _LOADED and step.name not in _here]
    packages = [package for name in missing for package in _LOADED[name][1]]
    if missing and configured() and (line := cold_start(*packages)) is not None:
        log().info(line)
    for name in missing:
        warm_up, _ = _LOADED[name]
        warm_up()
        _here.add(name)
    if missing:  # else whoever loaded it has given back what it read
        give_back_files()
    keep_what_is_loaded()


def has_loaded(step: Step) -> bool:
    """Whether this process, or the one that it was forked from, has loaded the step."""
    return step.name in _here


def collect_seldom() -> None:
    """Collections wait for more objects than Python's 700, with which they took a tenth of loading's time,
    .7% of a tag stage's and 12 of a loop's 64 us.
    """
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])


def keep_what_is_loaded() -> None:
    """Collections pass over tables that live as long as the process: they took a tenth of tagging's time.

    Processes forked from here on share what they do not write to, and a collection writes to all it sees.
    """
    gc.collect()
    Freed().give_back()
    gc.freeze()
    collect_seldom()
