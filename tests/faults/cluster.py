"""Faults of a cluster of three brokers, which keeps three copies of everything and lives on with two."""

from __future__ import annotations

from functools import partial

from tests.faults.fault import BROKEN, KAFKA, SAFE, THREE, Fault
from tests.faults.injections import BROKER_AWAY_SECONDS
from tests.faults.scene import SETTINGS, Scene
from tests.system.desk import STAGES

GROUPS, TRANSACTIONS = "__consumer_offsets", "__transaction_state"
# What was under way when a quorum was lost has an answer after so long: that of a client's request.
UNDER_WAY_SECONDS = float(str(SETTINGS["request_seconds"]))


def lose_one(scene: Scene) -> float:
    """kill -9 of one broker, whichever it is: the other two go on."""
    scene.broker.run("kill", "--node", str(scene.random.randint(1, scene.brokers)))
    return _without_it(scene)


def lose_most(scene: Scene) -> None:
    """kill -9 of all brokers but one, at the same moment: nothing that is written counts until they are back.

    The load is Kafka's client in its own right: what it is told to be written is what counts.
    """
    lost = scene.random.sample(range(1, scene.brokers + 1), scene.brokers - 1)
    scene.broker.run("kill", *(word for node in lost for word in ("--node", str(node))))
    scene.last(UNDER_WAY_SECONDS)
    before = len(scene.feed.sent)
    scene.last(BROKER_AWAY_SECONDS)
    if written := len(scene.feed.sent) - before:
        scene.broken.append(f"{written} records were written with one broker of {scene.brokers}")
    scene.broker.start()
    scene.whole()


def depose(scene: Scene, kept_in: str, *, in_order: bool) -> float:
    """Ends the broker that coordinates a group, or the transactions of de-duplication: another takes over.

    Ended in order it hands over before it goes, and gets everything back by an election when it has caught
    up: then what it coordinates moves while all brokers live.
    """
    stage = "dedup" if kept_in == TRANSACTIONS else scene.random.choice(list(STAGES))
    name = f"{scene.desk.name}.{stage}" + (".0" if kept_in == TRANSACTIONS else "")
    if in_order:
        scene.positions.elect_preferred()  # so that the election below gives it back
        scene.recovered()
    deposed = scene.positions.coordinator(kept_in, name)
    scene.broker.run("stop" if in_order else "kill", "--node", str(deposed))
    scene.until(
        f"another broker coordinates {name}",
        lambda: scene.positions.coordinator(kept_in, name) not in (deposed, -1),
    )
    took = _without_it(scene)
    if in_order:
        scene.positions.elect_preferred()
        scene.until(
            f"the broker it was coordinates {name} again",
            lambda: scene.positions.coordinator(kept_in, name) == deposed,
        )
    return took


def _without_it(scene: Scene) -> float:
    """All stages go on with the brokers that are left; then it comes back. Gives the seconds they took."""
    took = scene.recovered()
    scene.last(BROKER_AWAY_SECONDS)
    scene.broker.start()
    scene.whole()
    return took


CLUSTER = (
    Fault(
        "one of three brokers killed",
        f"kill -9 of one broker, until all stages have gone on without it and {BROKER_AWAY_SECONDS:g} s more",
        "started again",
        SAFE + "; all stages go on while it is away",
        lose_one,
        BROKEN,
        frozenset({KAFKA}),
        brokers=THREE,
    ),
    Fault(
        "two of three brokers killed",
        f"kill -9 of two brokers at once, {UNDER_WAY_SECONDS + BROKER_AWAY_SECONDS:g} s",
        "started again",
        SAFE + "; nothing is written while they are away",
        lose_most,
        BROKEN,
        frozenset({KAFKA}),
        brokers=THREE,
    ),
    *(
        Fault(
            f"{what} coordinator {how}",
            f"{by} of the broker that coordinates {whose}",
            healed,
            SAFE + "; all stages go on while it is away",
            partial(depose, kept_in=kept_in, in_order=how == "moved"),
            BROKEN,
            frozenset({KAFKA}),
            brokers=THREE,
        )
        for what, whose, kept_in in (
            ("transaction", "the transactions of dedup", TRANSACTIONS),
            ("group", "the group of a stage", GROUPS),
        )
        for how, by, healed in (
            ("killed", "kill -9", "started again"),
            ("moved", "SIGTERM", "started again, and made the leader of its partitions again by an election"),
        )
    ),
)
