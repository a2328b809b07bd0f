"""Put on PYTHONPATH: failpoints. A process kills itself at a named point, the so many-th time it comes there.

The product has no hook for them and so no cost, and nothing that could be left on: the points are calls of
libraries, wrapped here, in the suite. FAULTS_POINT names one, FAULTS_NTH says the how-manieth time, and
FAULTS_TOKEN is a file that is taken away by the first process that dies, so that its heirs live. With
FAULTS_ACT=hang that process goes on instead, and from then on no call at that point returns.
FAULTS_NEXT_VERSION makes it a Copydesk of the next version, and FAULTS_COUNTERS names a file for its metrics,
which it leaves there when it ends in order, and before it kills itself.
Marks in poisoned records hang, kill or fill a stage process, as in tests/system/plug.
"""

import asyncio
import atexit
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiokafka
import orjson
import prometheus_client

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

from tests.system.plug import sitecustomize as marks

__all__ = ["marks"]

_point, _token = os.environ.get("FAULTS_POINT", ""), os.environ.get("FAULTS_TOKEN", "")
_left = [int(os.environ.get("FAULTS_NTH", "1"))]
_hangs = os.environ.get("FAULTS_ACT") == "hang"
_counters = os.environ.get("FAULTS_COUNTERS", "")
NEXT = "+next"


def reached(point: str) -> bool:
    """Whether the caller must hang; does not return where the process must die."""
    if point != _point:
        return False
    _left[0] -= 1
    if _left[0] != 0:
        return _left[0] < 0 and _hangs and not Path(_token).exists()
    try:
        Path(_token).unlink()
    except FileNotFoundError:
        return False
    if not _hangs:
        leave_counters()
        os.kill(os.getpid(), signal.SIGKILL)
    return True


def leave_counters() -> None:
    """Only the process that is a worker has any."""
    if "streams.shell.worker" in sys.modules:
        from streams.shell.metrics import REGISTRY

        Path(_counters).write_bytes(prometheus_client.generate_latest(REGISTRY))


def be_the_next_version() -> None:
    """What it writes says so, and a log of de-duplication too."""
    import streams.cleaning
    import streams.tagging
    from tests.system.plug.next_rule import sitecustomize as next_rule

    streams.cleaning.CLEANER_VERSION += NEXT
    streams.tagging.TAGGER_VERSION += NEXT
    __all__.append(next_rule.__name__)


def around(owner: Any, name: str, before: str, after: str = "") -> None:
    """Wraps a coroutine function of a class: a point before it, and one behind it."""
    original = getattr(owner, name)

    async def wrapped(self: Any, *arguments: Any, **named: Any) -> Any:
        if reached(before):
            await asyncio.Event().wait()
        given = await original(self, *arguments, **named)
        reached(after)
        return given

    setattr(owner, name, wrapped)


def loads(value: Any, _loads: Any = orjson.loads) -> Any:
    if _point == "judging" and Path("/proc/self/comm").read_text().endswith(" stage\n"):
        reached("judging")
    return _loads(value)


around(aiokafka.AIOKafkaProducer, "send", "sending")
around(aiokafka.AIOKafkaProducer, "send_batch", "sending")
around(aiokafka.AIOKafkaConsumer, "commit", "sent", "committed")
around(aiokafka.AIOKafkaProducer, "send_offsets_to_transaction", "in transaction")
around(aiokafka.AIOKafkaProducer, "commit_transaction", "transaction sent", "transaction committed")
# Of all that a dedup worker does only the load of a domain's memory begins so.
around(aiokafka.AIOKafkaConsumer, "seek_to_beginning", "taking")
orjson.loads = loads
if os.environ.get("FAULTS_NEXT_VERSION"):
    be_the_next_version()
if _counters:
    atexit.register(leave_counters)
