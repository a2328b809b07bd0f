"""Opens a scene: a broker or a cluster behind a proxy, the topics and the load."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.disks import no_mounts, own_mounts
from tests.faults.feed import Feed
from tests.faults.ledger import Writer
from tests.faults.positions import Positions
from tests.faults.proxy import Proxy
from tests.faults.scene import PARTITIONS, SETTINGS, Scene
from tests.system.desk import START_SECONDS, Desk
from tests.system.kafka import Broker, Kafka, free_ports, wait_for

HEAP, CLUSTER_HEAP = "512m", "256m"  # of each node
# Nodes of a cluster have the same ports behind the proxy, each on a loopback address of its own.
LISTENERS = """
listeners=CLIENT://127.0.0.1:{port},PROXIED://127.0.0.{node_id}:%(inner)d,CONTROLLER://127.0.0.1:{controller_port}%(more)s
advertised.listeners=CLIENT://127.0.0.1:{port},PROXIED://127.0.0.{node_id}:%(outer)d,CONTROLLER://127.0.0.1:{controller_port}%(more)s
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""
ALONE = """
listener.security.protocol.map=CLIENT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
"""
# Nodes of a cluster ask each other before the rights are loaded: by a name that needs none.
AMONG_THEMSELVES = ",NODES://127.0.0.{node_id}:%d"
LOGIN = """org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="node" password="node" user_node="node";"""
TOGETHER = f"""
listener.security.protocol.map=CLIENT:PLAINTEXT,PROXIED:PLAINTEXT,NODES:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=NODES
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.nodes.sasl.enabled.mechanisms=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.nodes.plain.sasl.jaas.config={LOGIN}
listener.name.controller.plain.sasl.jaas.config={LOGIN}
super.users=User:node
"""


@contextmanager
def opened(folder: Path, name: str, seed: int, rate: float, brokers: int = 1) -> Iterator[Scene]:
    """A new broker, or a cluster of them, and all the rest; ends every process that was started."""
    if no_mounts() is None:
        own_mounts()  # before there are threads, which start workers and shall see a fault's disk
    broker = Broker(
        folder / "kafka", "--nodes", str(brokers), "--heap", HEAP if brokers == 1 else CLUSTER_HEAP
    )
    hosts = [f"127.0.0.{node}" for node in range(1, brokers + 1)]
    inner = free_ports(3)
    outer, among = inner + 1, inner + 2
    more, protocols = ("", ALONE) if brokers == 1 else (AMONG_THEMSELVES % among, TOGETHER)
    config = folder / "listeners.properties"
    config.write_text(LISTENERS % {"inner": inner, "outer": outer, "more": more} + protocols)
    proxy = desk = feed = positions = None
    try:
        kafka = Kafka(broker.start("--config", str(config)))
        proxy = Proxy(outer, inner, hosts=hosts)
        desk = Desk(kafka, name, folder, {"brokers": ",".join(f"{host}:{outer}" for host in hosts)})
        desk.settings |= {key: str(value) for key, value in SETTINGS.items()}
        desk.settings |= {"replication": str(brokers), "min_insync": str(max(1, brokers - 1))}
        wait_for("the topics", START_SECONDS, lambda: desk.run("topics", "--create").returncode == 0)
        writer = Writer(seed)
        feed = Feed(kafka.address, desk.topic("articles.raw"), writer, rate, PARTITIONS)
        positions = Positions(kafka.address, name)
        yield Scene(
            broker,
            kafka,
            proxy,
            desk,
            positions,
            feed,
            writer,
            random.Random(seed),  # noqa: S311 - repeatable, not secret
            brokers,
        )
    finally:
        if feed is not None:
            feed.close()
        if positions is not None:
            positions.close()
        if desk is not None:
            desk.close()
        if proxy is not None:
            proxy.close()
        broker.run("wipe")
