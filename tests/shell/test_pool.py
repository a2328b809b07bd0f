"""Real stage processes: whatever a record does to its process, its neighbours come out, in order."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Failed
from streams.pipeline import Output, Record, Step
from streams.shell.judging import Judged
from streams.shell.mailbox import ROOM_BYTES
from streams.shell.pool import StagePool, chunks, pool_size
from streams.shell.settings import Settings
from streams.shell.stage_process import ProcessDiedError, StageProcess
from streams.shell.stage_server import StageServer
from streams.shell.stage_serving import serve
from streams.vocabulary import FailureReason
from tests.shell.hostile import ABORT, ABORT_ONCE, EAT, HANG, KEEP, OBEY, RAISE, SECOND, SLOW
from tests.system.desk import START_SECONDS, alive
from tests.system.kafka import wait_for

RECEIVED = "2026-11-22T10:00:00.000Z"
LIMITS = Settings(processes=2, stage_seconds=3, stage_memory_mb=1000)
MOST_SECONDS = 60  # of a test that could hang for ever

Made = Callable[..., tuple[StagePool, list[str]]]


@pytest.fixture
def make() -> Iterator[Made]:
    """Makes pools that end with the test, with the list of the causes they restarted for."""
    pools = []

    def made(*steps: Step, settings: Settings = LIMITS) -> tuple[StagePool, list[str]]:
        restarts: list[str] = []
        pools.append(StagePool(steps or (OBEY,), settings, restarts.append))
        return pools[-1], restarts

    yield made
    for pool in pools:
        pool.close()


def judged(pool: StagePool, values: Sequence[bytes]) -> list[Judged]:
    return asyncio.run(pool.judge([Record(value, RECEIVED) for value in values]))


def told(outcomes: Sequence[Judged]) -> list[bytes | FailureReason]:
    return [
        one.outcome.value if isinstance(one.outcome, Output) else FailureReason(one.outcome.reason)
        for one in outcomes
    ]


def test_a_process_that_others_have_filled_costs_no_article(make: Made) -> None:
    pool, restarts = make(settings=replace(LIMITS, processes=1, stage_memory_mb=3000))
    filling = [KEEP] * 4  # more than a process may have, one after another
    assert told(judged(pool, filling[:1])) == [KEEP]
    assert told([one for value in filling[1:] for one in judged(pool, [value])]) == filling[1:]
    assert set(restarts) == {"crashed"}


def test_outcomes_come_in_the_order_of_the_records(make: Made) -> None:
    pool, restarts = make()
    asyncio.run(pool.ready())
    values = [b"%d" % n for n in range(50)]
    assert told(judged(pool, values)) == values
    assert restarts == []


@pytest.mark.parametrize(
    ("evil", "reason", "restarted"),
    [
        (HANG, FailureReason.TIMEOUT, True),
        (ABORT, FailureReason.CRASHED, True),
        (EAT, FailureReason.CRASHED, True),  # the limit turns it into MemoryError
        (RAISE, FailureReason.INTERNAL, False),
    ],
)
def test_only_the_culprit_fails(make: Made, evil: bytes, reason: FailureReason, restarted: bool) -> None:
    pool, restarts = make()
    outcomes = judged(pool, [b"before", evil, b"after", b"last"])
    assert told(outcomes) == [b"before", reason, b"after", b"last"]
    # Once for the chunk, once for the culprit alone.
    assert restarts == ([reason.value] * 2 if restarted else [])
    assert told(judged(pool, [b"next"])) == [b"next"]


def test_an_article_that_was_alone_when_its_process_was_killed_comes_out(make: Made, tmp_path: Path) -> None:
    """Whoever kills a process once, the kernel short of memory or a person, makes no dead letter."""
    pool, restarts = make()
    once = tmp_path / "once"
    once.touch()
    innocent = ABORT_ONCE + str(once).encode()
    assert told(judged(pool, [innocent])) == [innocent]
    assert restarts == ["crashed"]


def test_several_culprits_of_one_chunk_fail_each_for_its_own_reason(make: Made) -> None:
    pool, _ = make()
    outcomes = judged(pool, [ABORT, b"one", HANG, b"two", RAISE])
    assert told(outcomes) == [
        FailureReason.CRASHED,
        b"one",
        FailureReason.TIMEOUT,
        b"two",
        FailureReason.INTERNAL,
    ]


def test_a_chunk_at_work_beside_a_dying_one_comes_out_whole(make: Made) -> None:
    pool, _ = make()

    async def scenario() -> list[list[Judged]]:
        values = [[b"%d" % n for n in range(20)], [ABORT], [b"other"] * 20, [ABORT, b"x"]]
        return await asyncio.gather(*(pool.judge([Record(v, RECEIVED) for v in chunk]) for chunk in values))

    whole, dead, other, mixed = asyncio.run(scenario())
    assert told(whole) == [b"%d" % n for n in range(20)]
    assert told(other) == [b"other"] * 20
    assert told(dead) == [FailureReason.CRASHED]
    assert told(mixed) == [FailureReason.CRASHED, b"x"]


def test_a_failure_says_what_happened(make: Made) -> None:
    pool, _ = make()
    (late,) = judged(pool, [HANG])
    assert late.outcome == Failed(FailureReason.TIMEOUT, "no result after 3 s of CPU")
    (dead,) = judged(pool, [ABORT])
    assert isinstance(dead.outcome, Failed)
    assert "died" in dead.outcome.detail


def test_steps_follow_one_another_and_each_is_timed(make: Made) -> None:
    pool, _ = make(OBEY, SECOND)
    one, refused = judged(pool, [b"once", RAISE])
    assert told([one]) == [b"once, twice"]
    assert (one.step, len(one.seconds)) == ("second", 2)
    assert (refused.step, len(refused.seconds)) == ("obey", 1)


def test_an_empty_batch_is_judged_too(make: Made) -> None:
    pool, _ = make()
    assert judged(pool, []) == []


def test_close_leaves_no_process_even_of_a_stage_that_hangs(make: Made) -> None:
    pool, _ = make()

    async def scenario() -> set[int]:
        hanging = [asyncio.create_task(pool.judge([Record(HANG, RECEIVED)])) for _ in range(2)]
        deadline = asyncio.get_running_loop().time() + 30
        while len(found := stage_processes()) < 2 and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(pool.close)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        return found

    found = asyncio.run(scenario())
    assert len(found) >= 2
    assert found & stage_processes() == set()


def test_an_idle_process_killed_from_outside_costs_no_record(make: Made) -> None:
    """As the kernel does where memory is short."""
    pool, restarts = make()

    async def scenario() -> list[bytes | FailureReason]:
        await pool.ready()
        idle = stage_processes()
        assert idle
        for process in idle:
            os.kill(process, signal.SIGKILL)
        chunks = [[Record(b"%d" % n, RECEIVED)] * 3 for n in range(8)]
        parts = await asyncio.wait_for(asyncio.gather(*map(pool.judge, chunks)), 60)
        return told([one for part in parts for one in part])

    assert asyncio.run(scenario()) == [b"%d" % n for n in range(8) for _ in range(3)]
    assert "timeout" not in restarts
    assert told(judged(pool, [b"next"])) == [b"next"]


def test_the_loop_hears_of_an_idle_process_that_was_killed_and_listens_to_it_no_more(make: Made) -> None:
    """It would be called for ever: the end of a pipe can always be read."""
    pool, restarts = make(settings=replace(LIMITS, processes=1))

    async def scenario() -> list[Judged]:
        loop = asyncio.get_running_loop()
        await pool.ready()
        [killed] = pool._all
        [pid] = stage_processes()
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(MOST_SECONDS):
            while not killed.ended:
                await asyncio.sleep(0.01)
        assert not loop.remove_reader(killed._in)
        return await pool.judge([Record(b"next", RECEIVED)])

    assert told(asyncio.run(scenario())) == [b"next"]
    assert restarts == ["idle"]


def test_a_process_killed_again_and_again_from_outside_costs_no_record(make: Made) -> None:
    pool, _ = make()
    asyncio.run(pool.ready())
    for n in range(3):
        for process in stage_processes():
            os.kill(process, signal.SIGKILL)
        assert told(judged(pool, [b"%d" % n, b"x"])) == [b"%d" % n, b"x"]


def test_articles_larger_than_a_mailbox_come_out_whole(make: Made) -> None:
    pool, restarts = make()
    values = [os.urandom(3 * ROOM_BYTES) for _ in range(4)]
    assert told(judged(pool, values)) == values
    assert restarts == []


def test_a_process_that_stands_still_holds_up_neither_the_loop_nor_the_articles(make: Made) -> None:
    """Frozen before it has read a chunk that is larger than its mailbox."""
    pool, restarts = make(settings=replace(LIMITS, processes=1, stage_seconds=1))
    values = [os.urandom(3 * ROOM_BYTES) for _ in range(2)]

    async def scenario() -> list[Judged]:
        await pool.ready()
        for process in stage_processes():
            freeze(process)
        return await asyncio.wait_for(pool.judge([Record(value, RECEIVED) for value in values]), 60)

    assert told(asyncio.run(scenario())) == values
    assert restarts == ["timeout"]


def test_the_time_of_a_worker_that_was_stopped_is_not_its_articles(make: Made) -> None:
    """The answer came while the loop could not read it; by the clock its time was over long ago."""
    pool, restarts = make(settings=replace(LIMITS, stage_seconds=0.5))

    async def scenario() -> list[Judged]:
        await pool.ready()
        judging = asyncio.create_task(pool.judge([Record(b"innocent", RECEIVED)]))
        await asyncio.sleep(0)  # the chunk is in the pipe
        time.sleep(2 * 0.5)
        return await judging

    assert told(asyncio.run(scenario())) == [b"innocent"]
    assert restarts == []


def test_the_time_of_a_process_that_got_no_cpu_is_not_its_articles(make: Made) -> None:
    pool, restarts = make(settings=replace(LIMITS, processes=1, stage_seconds=1))

    async def scenario() -> list[Judged]:
        await pool.ready()
        [process] = stage_processes()
        os.kill(process, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(2, os.kill, process, signal.SIGCONT)
        return await pool.judge([Record(b"innocent", RECEIVED)])

    assert told(asyncio.run(scenario())) == [b"innocent"]
    assert restarts == []


def test_a_chunk_that_its_process_never_read_has_no_part_in_the_process_death(make: Made) -> None:
    pool, restarts = make(settings=replace(LIMITS, processes=1))

    async def scenario() -> list[Judged]:
        await pool.ready()
        [process] = stage_processes()
        freeze(process)
        judging = asyncio.create_task(pool.judge([Record(b"unread", RECEIVED)]))
        await asyncio.sleep(0)  # the chunk is in the pipe
        os.kill(process, signal.SIGKILL)
        return await asyncio.wait_for(judging, 60)

    assert told(asyncio.run(scenario())) == [b"unread"]
    assert restarts == ["idle"]


def test_a_process_that_ends_as_it_begins_is_told() -> None:
    server = StageServer("obey", lambda: None, partial(serve, partial(os._exit, 3), len))
    process = StageProcess(server)
    with pytest.raises(ProcessDiedError, match="exit code 3"):
        asyncio.run(process.start())
    process.close()
    server.close()


def test_a_pool_whose_server_was_killed_goes_on_with_another(make: Made) -> None:
    pool, _ = make()
    asyncio.run(pool.ready())
    for n in range(2):
        [server] = below("server")
        os.kill(server, signal.SIGKILL)
        wait_for("its processes are gone with it", MOST_SECONDS, lambda: not stage_processes())
        assert told(judged(pool, [b"%d" % n, b"x"])) == [b"%d" % n, b"x"]


def test_a_server_that_cannot_load_its_stage_is_told_and_ends_the_start() -> None:
    def fail() -> None:
        raise RuntimeError("the kernel gives something else")

    server = StageServer("obey", fail, lambda _given, _told, _memory: None)
    process = StageProcess(server)
    with pytest.raises(ProcessDiedError):
        asyncio.run(process.start())
    process.close()
    server.close()


def freeze(pid: int) -> None:
    """SIGSTOP, in effect: one that waits for its pipe would read what comes before it is given a core."""
    os.kill(pid, signal.SIGSTOP)
    stat = Path(f"/proc/{pid}/stat")
    wait_for("it stands still", MOST_SECONDS, lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")


def stage_processes() -> set[int]:
    return below("stage")


def below(kind: str) -> set[int]:
    """Process ids of the keepers, servers or stage processes of this test run, but zombies."""
    ours, rows = {os.getpid()}, list(processes())
    while more := {pid for pid, parent, _ in rows if parent in ours} - ours:
        ours |= more
    return {pid for pid, _, name in rows if pid in ours and name == f"obey {kind}"}


def processes() -> Iterator[tuple[int, int, str]]:
    """(process id, its parent's, its name) of every process but zombies."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if state != "Z":
            yield int(folder.name), int(parent), name


@given(
    st.lists(st.integers(0, 3000), max_size=60),
    st.integers(1, 20),
    st.integers(1, 5000),
)
def test_chunks_cover_a_batch_once_in_order_within_their_limits(
    sizes: list[int], records: int, size: int
) -> None:
    cut = chunks(sizes, Settings(chunk_records=records, chunk_bytes=size))
    assert [i for part in cut for i in range(len(sizes))[part]] == list(range(len(sizes)))
    for part in cut:
        taken = sizes[part]
        assert 1 <= len(taken) <= records
        assert len(taken) == 1 or sum(taken) <= size


@pytest.mark.parametrize(
    ("cores", "processes", "pools", "size"),
    [(1, 0, 1, 1), (4, 0, 1, 4), (1, 0, 2, 1), (2, 0, 2, 1), (5, 0, 2, 2), (8, 0, 2, 4), (8, 3, 2, 3)],
)
def test_pools_share_the_cores_unless_their_size_is_set(
    monkeypatch: pytest.MonkeyPatch, cores: int, processes: int, pools: int, size: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)))
    assert pool_size(Settings(processes=processes), pools) == size


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=60), st.integers(1, 20), st.integers(1, 5000))
def test_no_chunk_is_smaller_than_it_need_be(sizes: list[int], records: int, size: int) -> None:
    """The next record would have broken a limit."""
    cut = chunks(sizes, Settings(chunk_records=records, chunk_bytes=size))
    for part, after in pairwise(cut):
        assert len(sizes[part]) == records or sum(sizes[part]) + sizes[after.start] > size


@pytest.mark.parametrize(("record", "hours"), [(HANG, -1), (SLOW, 1)])
def test_a_clock_that_is_set_while_a_record_is_in_hand_neither_spares_nor_ends_it(
    make: Made, monkeypatch: pytest.MonkeyPatch, record: bytes, hours: int
) -> None:
    """Of the worker's process, which measures. Each look at this clock finds it set again."""
    looks = count(1)
    pool, _restarts = make()
    asyncio.run(pool.ready())
    monkeypatch.setattr(time, "time", lambda: hours * 3600.0 * next(looks) + 1e9)
    [one] = asyncio.run(asyncio.wait_for(pool.judge([Record(record, RECEIVED)]), MOST_SECONDS))
    assert isinstance(one.outcome, Failed if record == HANG else Output)


# A worker's process in small. It says the numbers of its server and of its stage processes.
OWNER = """
import asyncio, json, os, signal, sys
from pathlib import Path
from streams.pipeline import Record
from streams.shell.pool import StagePool
from streams.shell.settings import Settings
from tests.shell.hostile import HANG, OBEY

def server():
    keeper = pool._server.pid
    while not (found := Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()):
        pass
    return [keeper, *map(int, found)]

async def hang():
    await pool.ready()
    judging = asyncio.create_task(pool.judge([Record(HANG, "2026-11-22T10:00:00.000Z")]))
    await asyncio.sleep(0)
    print(json.dumps([*server(), *(one._process.pid for one in pool._all)]), flush=True)
    await judging

async def begin():
    os.kill(server()[1], signal.SIGSTOP)
    print(json.dumps(server()), flush=True)
    await asyncio.wait_for(pool.ready(), 1)

pool = StagePool([OBEY], Settings(processes=1, stage_seconds=3600))
asyncio.run(hang() if sys.argv[1] == "hang" else begin())
"""


@pytest.fixture
def owner() -> Iterator[Callable[[str], tuple["subprocess.Popen[str]", list[int]]]]:
    """Starts it; gives it and what it said. Ends all of it."""
    started: list[subprocess.Popen[str]] = []
    below: list[int] = []

    def start(what: str) -> tuple["subprocess.Popen[str]", list[int]]:
        command = [sys.executable, "-c", OWNER, what]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None
        below.extend(json.loads(started[-1].stdout.readline()))
        return started[-1], list(below)

    yield start
    for pid in [*below, *(process.pid for process in started)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in started:
        process.communicate()


def test_a_stage_that_hangs_goes_with_a_worker_that_is_killed(
    owner: Callable[[str], tuple["subprocess.Popen[str]", list[int]]],
) -> None:
    process, below = owner("hang")
    process.kill()
    wait_for("server and stage process are gone", START_SECONDS, lambda: not any(map(alive, below)))


def test_a_command_that_is_stopped_waits_for_no_server_that_still_loads(
    owner: Callable[[str], tuple["subprocess.Popen[str]", list[int]]],
) -> None:
    process, _server = owner("begin")
    wait_for("it has ended", START_SECONDS, lambda: process.poll() is not None)
