"""Where an event of production counts in a diff: in the range, behind it, or not at all."""

from dataclasses import replace

from streams.shell.replay.diff import judge_all, keep_live, lacks
from streams.shell.replay.plan import Range
from streams.shell.replay.scope import Scope
from streams.shell.replay.sheet import Sheet
from streams.shell.replay.sides import Link, Side
from streams.shell.settings import Settings
from tests.shell.replay.plans import plan

PLAN = plan(ranges={0: Range(10, 20)}, warm_up={0: Range(4, 10)})
OURS = Side(
    7, "usable", b"", Link("original", None, "a", (None, None, None)), "articles.raw/0/12", 150, "run"
)
BACK = replace(OURS, place=9, source="articles.raw/0/30", replay="", sent_back=True)


def scope() -> Scope:
    made = Scope(Settings(), PLAN)
    made.spans = {0: (100, 200)}
    return made


def classes(sheet: Sheet) -> dict[str, int]:
    return dict(judge_all(PLAN, sheet, whole=True, examples=0)[0].counts)


def test_a_letter_that_a_redrive_sent_back_behind_the_range_is_compared_as_one_of_it() -> None:
    with Sheet() as sheet:
        sheet.keep("run", "a", OURS)
        keep_live(sheet, scope(), "a", BACK)
        assert not lacks(sheet, scope(), "a", BACK)
        assert classes(sheet) == {"same": 1}


def test_a_letter_that_fails_in_the_run_again_is_missing_and_production_knew_it_later_than_the_run() -> None:
    with Sheet() as sheet:
        keep_live(sheet, scope(), "a", BACK)
        assert lacks(sheet, scope(), "a", BACK)
        assert classes(sheet) == {"missing": 1}
        sheet.keep("run", "a", replace(OURS, received_ms=120))
        assert lacks(sheet, scope(), "a", BACK), "the run has an earlier text alone"


def test_what_came_behind_the_range_otherwise_still_supersedes() -> None:
    with Sheet() as sheet:
        sheet.keep("run", "a", OURS)
        for later in (replace(BACK, sent_back=False), replace(BACK, received_ms=201)):
            keep_live(sheet, scope(), "a", later)
            assert not lacks(sheet, scope(), "a", later)
            assert classes(sheet) == {"superseded": 1}
