"""The table of faults: what is injected, how, how it is healed, and what is promised all the same.

A new fault is a function (of injections.py, versions.py or cluster.py) that injects it and heals it again
before it returns, and a row. It acts on the Scene while articles flow; what it draws, it draws from
`scene.random`. The driver then waits until all stages commit again, and in the end the auditor reads every
topic. Several are there at once where what they touch differs (fault.py).
"""

from __future__ import annotations

from functools import partial

from tests.faults.cluster import CLUSTER
from tests.faults.fault import (
    AGAIN,
    BROKEN,
    DENIED,
    KAFKA,
    KILLED,
    MISSING,
    NETWORK,
    RESTARTED,
    SAFE,
    Fault,
)
from tests.faults.injections import (
    BROKER_AWAY_SECONDS,
    FROZEN_SECONDS,
    NETWORK_SECONDS,
    deny,
    freeze,
    freeze_broker,
    grow,
    kill,
    kill_at,
    kill_broker,
    kill_stage_process,
    network,
    poison,
    storm,
    terminate,
    without,
)
from tests.faults.ledger import Fate
from tests.faults.proxy import Mode
from tests.faults.resources import RESOURCES
from tests.faults.stream import DEAD, REJECTED
from tests.faults.versions import VERSIONS
from tests.system.desk import STAGES


def killed(stage: str, point: str, short: bool = True) -> Fault:
    return Fault(
        f"{stage} killed: {point}",
        f"kill -9 of the {stage} worker at its failpoint '{point}'",
        "started again after 1 s",
        "nothing lost; copies byte-identical; of a transaction all or nothing",
        partial(kill_at, stage=stage, point=point),
        frozenset({KILLED}),
        frozenset({stage}),
        short=short,
    )


FAULTS = (
    *(
        Fault(
            f"{stage} killed",
            f"kill -9 of the {stage} worker at a random time",
            RESTARTED,
            SAFE,
            partial(kill, stage=stage),
            frozenset({KILLED}),
            frozenset({stage}),
            short=stage != "tag",
        )
        for stage in STAGES
    ),
    killed("clean", "sending", short=False),
    killed("clean", "sent"),
    killed("clean", "committed", short=False),
    killed("tag", "sending", short=False),
    killed("tag", "sent"),
    killed("tag", "committed", short=False),
    killed("dedup", "in transaction"),
    killed("dedup", "transaction sent"),
    killed("dedup", "transaction committed"),
    killed("dedup", "taking"),
    Fault(
        "stage process killed at work",
        "the stage process of clean kills itself while it parses a record",
        "the worker starts another",
        SAFE + "; no innocent becomes a dead letter",
        partial(kill_at, stage="clean", point="judging"),
        touches=frozenset({"clean"}),
    ),
    Fault(
        "stage processes killed",
        "kill -9 of every stage process of clean and tag, from outside",
        "the workers start others",
        SAFE + "; no innocent becomes a dead letter",
        kill_stage_process,
        touches=frozenset({"clean", "tag"}),
    ),
    *(
        Fault(
            f"{stage} zombie",
            f"SIGSTOP of the {stage} worker past its session, SIGCONT when an heir commits",
            "SIGCONT; one of the two leaves",
            SAFE + "; a zombie commits nothing",
            partial(freeze, stage=stage),
            frozenset({AGAIN}),
            frozenset({stage}),
            short=stage != "tag",
        )
        for stage in STAGES
    ),
    Fault(
        "SIGTERM",
        "SIGTERM of each worker under load",
        RESTARTED,
        SAFE + "; exit 0",
        terminate,
        touches=frozenset(STAGES),
        counted=True,
    ),
    Fault(
        "rebalance storm",
        "workers join and leave, three times",
        "they leave",
        SAFE,
        storm,
        touches=frozenset(STAGES),
        counted=True,
    ),
    Fault(
        "broker killed",
        f"kill -9 of the broker, of a cluster all, {BROKER_AWAY_SECONDS:g} s",
        "started again",
        SAFE + "; workers go on by themselves or end with 69 or 75",
        kill_broker,
        BROKEN,
        frozenset({KAFKA}),
    ),
    Fault(
        "broker frozen",
        f"SIGSTOP of the broker, of a cluster one, {FROZEN_SECONDS:g} s",
        "SIGCONT",
        SAFE,
        freeze_broker,
        BROKEN,
        frozenset({KAFKA}),
    ),
    *(
        Fault(
            f"network {mode}",
            what,
            "it passes again",
            SAFE,
            partial(network, mode=mode),
            BROKEN,
            frozenset({NETWORK}),
        )
        for mode, what in (
            (Mode.CUT, f"all connections of the workers cut and refused, {NETWORK_SECONDS:g} s"),
            (Mode.SLOW, f"every chunk of bytes 200 ms late, {NETWORK_SECONDS:g} s"),
            (Mode.HOLE, f"connections stay and nothing passes, {NETWORK_SECONDS:g} s"),
        )
    ),
    Fault(
        "pages that hang, die or fill memory",
        "five of them at once (poison is 5% of the stream all the time)",
        "their stage processes are ended",
        "each is a dead letter; neighbours come out",
        poison,
        touches=frozenset(),
    ),
    Fault(
        "rejected topic deleted",
        "articles.rejected deleted while articles are rejected",
        "`copydesk topics --create`",
        "nothing that is not written is committed",
        partial(without, topic=REJECTED, fate=Fate.REJECTED),
        frozenset({AGAIN, MISSING}),
    ),
    Fault(
        "dead-letter topic missing",
        "articles.deadletter deleted while records fail",
        "`copydesk topics --create`",
        "nothing that is not written is committed",
        partial(without, topic=DEAD, fate=Fate.POISON),
        frozenset({AGAIN, MISSING}),
        short=False,
    ),
    Fault(
        "dead-letter topic denied",
        "the right to write articles.deadletter denied while records fail",
        "given back",
        "exit 77 with one line; nothing that is not written is committed",
        partial(deny, topic=DEAD),
        frozenset({DENIED}),
        frozenset({KAFKA}),
    ),
    *RESOURCES,
    Fault(
        "partitions added",
        "two more partitions for articles.raw, used at once",
        "the workers find them within a minute",
        SAFE,
        grow,
        once=True,
    ),
    *VERSIONS,
    *CLUSTER,
)
