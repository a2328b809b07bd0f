"""Which faults come when: repeatable by the seed, each once first, and none beside one that it excludes."""

from __future__ import annotations

from itertools import combinations, islice

import pytest

from tests.faults.driver import at_random
from tests.faults.faults import FAULTS

ONE_BROKER = [fault for fault in FAULTS if 1 in fault.brokers]
THREE_BROKERS = [fault for fault in FAULTS if 3 in fault.brokers]
MANY = 200


def names(seed: int) -> list[tuple[str, ...]]:
    return [tuple(fault.name for fault in faults) for faults in islice(at_random(ONE_BROKER, seed), MANY)]


def test_the_same_seed_gives_the_same_faults_and_another_one_others() -> None:
    assert names(7) == names(7)
    assert names(7) != names(8)


@pytest.mark.parametrize("faults", [ONE_BROKER, THREE_BROKERS], ids=["one broker", "three brokers"])
def test_each_fault_comes_alone_before_any_comes_again_alone(faults: list[object]) -> None:
    possible = [fault for fault in FAULTS if fault in faults]
    alone = [one[0] for one in islice(at_random(possible, 7), MANY) if len(one) == 1]
    assert {fault.name for fault in alone[: len(possible)]} == {fault.name for fault in possible}


@pytest.mark.parametrize("seed", range(5))
def test_faults_at_once_touch_nothing_that_another_touches_and_can_be_healed_again(seed: int) -> None:
    several = [faults for faults in islice(at_random(THREE_BROKERS, seed), MANY) if len(faults) > 1]
    assert {len(faults) for faults in several} == {2, 3}
    for faults in several:
        assert not any(one.touches & other.touches for one, other in combinations(faults, 2))
        assert not any(fault.once for fault in faults)


def test_faults_at_once_come_before_each_has_come_alone() -> None:
    first = names(11)[: len(ONE_BROKER) // 2]
    assert sum(len(several) > 1 for several in first) >= 3
