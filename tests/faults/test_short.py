"""The short form of the fault suite: faults of the table one after another, and some at the same time, on one
stream; then the audit. Once with one broker, and once on a cluster with the faults that only it can have.

`make faults MINUTES=30 SEED=7` is the long form.
"""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pytest

from tests.faults.accounts import WRITTEN
from tests.faults.driver import Result, at_random, run
from tests.faults.fault import THREE, Together
from tests.faults.faults import FAULTS
from tests.faults.ledger import Fate
from tests.faults.report import violations

# By brokers. With one, the first faults are those that make copies: every machine comes to them.
SEEDS = {1: 149, 3: 7}
# In each of the two runs no further fault is injected after so long: both shall take eight minutes at most of
# `make test`, with their starts, last faults, drains and audits. A busy machine comes to fewer faults; the
# long form takes all of them.
INJECTING_SECONDS = 120.0
FEWEST = 2
TEST_SECONDS = 1200  # against hanging for ever


def schedule(brokers: int) -> list[Together]:
    short = [fault for fault in FAULTS if fault.short]
    if brokers == 1:
        chosen = [fault for fault in short if 1 in fault.brokers]
    else:
        chosen = [fault for fault in short if fault.brokers == THREE]
    return list(islice(at_random(chosen, SEEDS[brokers]), len(chosen)))


@pytest.fixture(scope="module", params=[1, 3], ids=["one broker", "three brokers"])
def result(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Result:
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("a real broker needs Java and Maven")
    folder: Path = tmp_path_factory.mktemp("faults")
    given = schedule(request.param)
    return run(given, SEEDS[request.param], folder, print, INJECTING_SECONDS, brokers=request.param)


@pytest.mark.timeout(TEST_SECONDS)
def test_under_every_fault_nothing_is_lost_nothing_is_twice_and_every_promise_holds(result: Result) -> None:
    assert not result.violations, f"logs: {result.logs}\n{violations(result)}"


@pytest.mark.timeout(TEST_SECONDS)
def test_faults_were_injected_in_the_order_of_the_seed_while_articles_of_every_fate_flowed(
    result: Result,
) -> None:
    injected = [one.faults for one in result.injected]
    assert injected == schedule(result.brokers)[: len(injected)]
    assert len(injected) >= FEWEST
    assert set(result.fates) == {fate.value for fate in Fate}


@pytest.mark.parametrize("result", [1], indirect=True, ids=["one broker"])
@pytest.mark.timeout(TEST_SECONDS)
def test_the_faults_made_copies_or_this_would_show_little(result: Result) -> None:
    assert result.repeated["articles.cleaned"] > 0
    assert result.repeated["articles.tagged"] > 0


def test_each_stage_that_may_write_twice_is_killed_when_it_has_sent_before_other_faults() -> None:
    first = {fault.name for together in schedule(1)[:FEWEST] for fault in together}
    assert first == {f"{stage} killed: sent" for stage in WRITTEN}
