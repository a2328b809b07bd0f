"""How samples of the workers become shares of components, and samples of memory a slope."""

import pytest

from bench.components import FINDER, ROOT, component, with_kernel_of_numba, without_launch
from bench.soak import slope
from bench.stacks import stacks_of

LOOP = 'process 1:"copydesk worker";process 7:"copydesk worker tag"'
STAGE = f"{LOOP};" + 'process 9:"python -c from x import main; main(4)"'
ROLES = {1: "supervisor", 7: "tag loop", 9: "tag stage"}


def test_samples_in_the_kernel_share_the_system_time_and_all_others_the_users() -> None:
    raw = f"{LOOP};run (a.py:1);EpollSelector.select (selectors.py:468) 90\n{LOOP};run (a.py:1) 10\n"
    spent = {(7, True): 0.5, (7, False): 2.0}
    assert {stack.frames[-1]: stack.seconds for stack in stacks_of(raw, ROLES, spent)} == {
        "EpollSelector.select (selectors.py:468)": 0.5,
        "run (a.py:1)": 2.0,
    }


def test_a_sample_belongs_to_the_innermost_process_whatever_its_command_line_holds() -> None:
    [stack] = stacks_of(f"{STAGE};_through (streams/shell/pool.py:225) 4\n", ROLES, {(9, False): 1.0})
    assert (stack.role, stack.frames) == ("tag stage", ("_through (streams/shell/pool.py:225)",))


def test_cpu_of_a_process_that_no_sample_met_is_not_lost() -> None:
    stacks = stacks_of(f"{LOOP};run (a.py:1) 4\n", ROLES, {(7, False): 1.0, (1, True): 0.25})
    assert sum(stack.seconds for stack in stacks) == pytest.approx(1.25)


def test_the_innermost_frame_that_is_known_says_what_a_stack_is_part_of() -> None:
    tagging = ["_through (streams/shell/pool.py:1)", "tag (streams/tagging/__init__.py:1)"]
    assert component([*tagging, "find (streams/tagging/finder.py:1)", "<lambda> (<string>:1)"]) == FINDER
    assert component(tagging[:1]) == "pool hand-over"


def test_a_compiled_function_is_named_by_the_line_that_calls_it() -> None:
    source = "streams/tagging/finder.py"
    lines = (ROOT / source).read_text().splitlines()
    calls = next(nth for nth, line in enumerate(lines, 1) if "return _names(" in line)
    assert with_kernel_of_numba((f"find ({source}:{calls})",))[-1] == "_names (compiled by numba)"


def test_what_starts_a_process_is_left_out_of_its_stacks() -> None:
    frames = [
        "<module> (<string>:1)",
        "Command.main (click/core.py:1)",
        "run_stage (streams/shell/starting.py:1)",
    ]
    assert without_launch(frames) == frames[2:]


def test_the_slope_of_memory_is_in_megabytes_an_hour() -> None:
    rise, error = slope([(seconds, 400 + seconds / 1800) for seconds in range(0, 3600, 15)])
    assert (rise, error) == pytest.approx((2.0, 0.0), abs=1e-6)
