#!/usr/bin/env python3
"""A real Apache Kafka on this machine, without Docker.

  deploy/local/kafka.py start        bring it up (the first time Maven fetches 54 MB); prints its address
  deploy/local/kafka.py status       is it there, and where
  deploy/local/kafka.py stop         stop it; its records stay
  deploy/local/kafka.py wipe         stop it and remove its records

It needs Java 17 or newer, and Maven the first time. It listens on 127.0.0.1 only. Where the usual port is
taken it takes a free one, and keeps it. Progress and errors go to stderr, the address alone to stdout:

  bootstrap servers: 127.0.0.1:9092

Records, logs (node-1/server.log) and state live in one folder, so a second broker is a second --data folder:

  deploy/local/kafka.py start --data /tmp/other --port 0

A cluster keeps three copies of everything and lives on with two of three nodes:

  deploy/local/kafka.py start --data /tmp/three --port 0 --nodes 3 --heap 256m
  deploy/local/kafka.py kill --data /tmp/three --node 2    (`start` brings it back; `stop` ends it in order)

Who wants to see what a secured Kafka says to clients starts one with TLS, passwords and no right for anybody:

  deploy/local/kafka.py start --data .local/secure-kafka --port 0 --secure
  set -a; . .local/secure-kafka/secure/admin.env; set +a; copydesk topics --create

Environment: COPYDESK_LOCAL_KAFKA is the default of --data (else .local/kafka in the repository);
COPYDESK_KAFKA_JARS is where all brokers find their jars (else .local/kafka-jars).

Exit codes: 0 done, 1 failed (the last line says why), 2 wrong usage, 3 not running, 69 Java or Maven missing.
"""

# ruff: noqa: S603 - every command is a list built here
from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import secure  # noqa: E402 - beside this file, which is run by its path
from ports import free, free_ports  # noqa: E402

LOCAL = HERE.parents[1] / ".local"
POM = HERE / "pom.xml"

USUAL_PORT = 9092
JAVA_AT_LEAST = 17  # what Apache Kafka 4 brokers run on
JAVA_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # serving after 1.9 s, not 2.9
STARTED = "Kafka Server started"  # the port opens earlier, before the broker may serve
START_DEADLINE_S = 90.0  # on two quiet cores one node takes 3 s, three take 9
STOP_DEADLINE_S = 20.0  # a clean stop takes 0.5 s; waiting for a lost quorum takes 300
POLL_S = 0.05
LAST_LINES = 25
NOT_RUNNING, MISSING = 3, 69


class LocalKafkaError(Exception):
    """What a person is told, and the exit code."""

    def __init__(self, told: str, code: int = 1) -> None:
        super().__init__(told)
        self.code = code


@dataclass(slots=True)
class Node:
    """One broker: its ports, and its files under `folder`."""

    id: int
    folder: Path
    port: int = 0
    controller_port: int = 0

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def lifecycle(self) -> Path:
        return self.folder / "lifecycle.log"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"

    def pid(self) -> int | None:
        """The process id, only if that process is this very broker: ids are reused."""
        try:
            pid = int((self.folder / "kafka.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if command_line(pid).endswith(f" kafka.Kafka {self.properties}") else None

    def state(self) -> str:
        if self.pid() is None:
            return "stopped"
        started = self.lifecycle.exists() and STARTED in self.lifecycle.read_text()
        return "running" if started else "starting"


@dataclass(slots=True)
class Cluster:
    """What the data folder remembers: the same ports and properties at the next start."""

    data: Path
    id: str
    extra: str = ""
    secured: bool = False
    nodes: list[Node] = field(default_factory=list)

    @property
    def bootstrap(self) -> str:
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    @property
    def secrets(self) -> Path:
        """Certificates and passwords of a secured cluster."""
        return self.data / "secure"

    def save(self) -> None:
        remembered = {
            "id": self.id,
            "secured": self.secured,
            "extra": self.extra,
            "ports": [[n.port, n.controller_port] for n in self.nodes],
        }
        fresh = self.data / "state.json.new"
        fresh.write_text(json.dumps(remembered, indent=2) + "\n")
        fresh.replace(self.data / "state.json")


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.run(options)  # type: ignore[no-any-return]
    except LocalKafkaError as error:
        say(str(error))
        return error.code
    except secure.SecureError as error:
        say(str(error))
        return MISSING
    except KeyboardInterrupt:
        say("interrupted")
        return 130


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    usual = Path(os.environ.get("COPYDESK_LOCAL_KAFKA") or LOCAL / "kafka")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], told: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=told, description=told)
        sub.add_argument(
            "--data", type=Path, default=usual, metavar="DIR", help=f"its folder (default: {usual})"
        )
        sub.set_defaults(run=run)
        return sub

    sub = command("start", start, "Bring Kafka up, wait until it serves, print its address.")
    sub.add_argument(
        "--port", type=int, metavar="N", help="0: any free one (default: the last one, else 9092)"
    )
    sub.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="properties that win over server.properties; {port} and {controller_port} are filled in; "
        "remembered for later starts (an empty file forgets them)",
    )
    sub.add_argument("--heap", default="512m", metavar="SIZE", help="Java heap of a node (default: 512m)")
    sub.add_argument(
        "--nodes", type=int, metavar="N", help="brokers in the cluster (default: the last, else 1)"
    )
    sub.add_argument(
        "--secure",
        action="store_true",
        help="SASL_SSL with SCRAM-SHA-512, and no right for anybody but the admin; remembered",
    )
    sub.add_argument("--foreground", action="store_true", help="stay until Ctrl-C, then stop")
    for sub in (
        command("stop", stop, "Stop Kafka; its records stay."),
        command("kill", kill, "Kill Kafka without warning (SIGKILL), to test what survives."),
    ):
        sub.add_argument(
            "--node",
            type=int,
            action="append",
            metavar="N",
            help="only this node, may be given again (default: all); `start` brings back what is absent",
        )
    sub = command("status", status, "Say whether Kafka runs and where (exit code 0, or 3 when it does not).")
    sub.add_argument("--json", action="store_true", help="one JSON object")
    command("wipe", wipe, "Stop Kafka and remove its records, logs and state (not the jars).")
    return parser.parse_args(arguments)


def start(options: argparse.Namespace) -> int:
    data = options.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    with locked(data / "lock"):
        cluster = remembered(data) or new_cluster(data, options.nodes or 1, secured=options.secure)
        if options.secure and not cluster.secured:
            raise LocalKafkaError(f"{data} holds an open cluster: `wipe` it first, or choose another --data")
        if options.nodes not in (None, len(cluster.nodes)):
            raise LocalKafkaError(
                f"{data} holds a cluster of {len(cluster.nodes)}: `wipe` it first, or choose another --data"
            )
        absent = [node for node in cluster.nodes if node.pid() is None]
        launched = bring_up(cluster, absent, options) if absent else []
        if not absent:
            say(f"already running, data in {data}{'; stop it to apply --config' if options.config else ''}")
            wait_until_started(cluster.nodes)
    if cluster.secured:
        say(f"secured; the admin's settings: {secure.environment(cluster.secrets, cluster.bootstrap)}")
    print(f"bootstrap servers: {cluster.bootstrap}", flush=True)
    return attend(cluster, launched) if options.foreground and launched else 0


def stop(options: argparse.Namespace) -> int:
    with cluster_in(options.data) as cluster:
        chosen = living(cluster, options.node)
        stop_nodes(chosen)
        say("stopped" if chosen else "not running")
    return 0


def kill(options: argparse.Namespace) -> int:
    with cluster_in(options.data) as cluster:
        chosen = living(cluster, options.node)
        end(chosen, signal.SIGKILL, STOP_DEADLINE_S)
        say(f"killed node {', '.join(str(node.id) for node in chosen)}" if chosen else "not running")
    return 0 if chosen else NOT_RUNNING


def status(options: argparse.Namespace) -> int:
    cluster = remembered(options.data.resolve())
    nodes = [
        {"id": n.id, "state": n.state(), "pid": n.pid(), "port": n.port, "log": str(n.log)}
        for n in (cluster.nodes if cluster else [])
    ]
    running = bool(nodes) and all(node["state"] == "running" for node in nodes)
    if options.json:
        address = cluster.bootstrap if cluster else None
        print(json.dumps({"running": running, "bootstrap_servers": address, "nodes": nodes}))
    elif running and cluster:
        print(f"bootstrap servers: {cluster.bootstrap}")
    else:
        say(
            ", ".join(f"node {node['id']} {node['state']}" for node in nodes)
            or "not running: never started here"
        )
    return 0 if running else NOT_RUNNING


def wipe(options: argparse.Namespace) -> int:
    """Remove what `start` made and nothing else, whatever folder was named."""
    with cluster_in(options.data) as cluster:
        if cluster is None:
            say(f"nothing to remove in {options.data}")
            return 0
        stop_nodes([node for node in cluster.nodes if node.pid()])
        for node in cluster.nodes:
            shutil.rmtree(node.folder, ignore_errors=True)
        shutil.rmtree(cluster.secrets, ignore_errors=True)
        (cluster.data / "state.json").unlink()
        say(f"removed the records in {cluster.data}")
    return 0


# --- the data folder


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One start, stop or fetch at a time; the kernel frees the lock of a process that dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster | None]:
    data = folder.resolve()
    with locked(data / "lock") if data.is_dir() else contextlib.nullcontext():
        yield remembered(data)


def living(cluster: Cluster | None, ids: list[int] | None) -> list[Node]:
    """The nodes that run, of these ids where any are given."""
    nodes = cluster.nodes if cluster else []
    return [node for node in nodes if (ids is None or node.id in ids) and node.pid()]


def remembered(data: Path) -> Cluster | None:
    try:
        state = json.loads((data / "state.json").read_text())
    except FileNotFoundError:
        return None
    nodes = [Node(i, data / f"node-{i}", *ports) for i, ports in enumerate(state["ports"], start=1)]
    return Cluster(data, state["id"], state["extra"], state.get("secured", False), nodes)


def new_cluster(data: Path, nodes: int, *, secured: bool) -> Cluster:
    identity = "-"
    while identity.startswith("-"):  # StorageTool would take it for an option
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return Cluster(
        data, identity, secured=secured, nodes=[Node(i, data / f"node-{i}") for i in range(1, nodes + 1)]
    )


# --- starting


def bring_up(
    cluster: Cluster, absent: list[Node], options: argparse.Namespace
) -> list[subprocess.Popen[bytes]]:
    java = [find_java(), "-cp", f"{fetched_jars()}/*", *JAVA_FLAGS]
    before = cluster.extra
    if options.config:
        cluster.extra = read_properties(options.config)
    elif cluster.extra:
        say("with the --config of the last start")
    settle_ports(absent, options.port)
    if cluster.secured:
        secure.prepare(cluster.secrets)
    cluster.save()
    launched: list[subprocess.Popen[bytes]] = []
    try:
        for node in absent:
            prepare(cluster, node, java)
        launched.extend(launch(node, [*java, f"-Xmx{options.heap}"]) for node in absent)
        wait_until_started(cluster.nodes)
    except BaseException:
        for process in launched:
            process.kill()
            process.wait()
        cluster.extra = before  # a --config that did not start is not remembered
        cluster.save()
        raise
    say(f"started, data in {cluster.data}")
    return launched


def read_properties(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise LocalKafkaError(f"cannot read --config {path}: {error}") from error


def settle_ports(absent: list[Node], wanted: int | None) -> None:
    """Each node keeps its last port where it can; the port a person asked for is never exchanged."""
    for node in absent:
        if node.id == 1 and wanted:
            if not free(wanted):
                raise LocalKafkaError(
                    f"port {wanted} is taken by something else: leave --port out to get a free one"
                )
            node.port = wanted
        port = node.port or (USUAL_PORT if node.id == 1 and wanted is None else free_ports())
        node.port = port if free(port) else free_ports()
        if node.port != port:
            say(f"port {port} is taken by something else: taking {node.port}")
        if not node.controller_port or not free(node.controller_port):
            node.controller_port = free_ports()


def prepare(cluster: Cluster, node: Node, java: list[str]) -> None:
    """Write the node's properties and, the first time, format its log folder."""
    log_dir = node.folder / "log"
    replicas = min(3, len(cluster.nodes))
    node.folder.mkdir(exist_ok=True)
    filled = {
        "node_id": node.id,
        "port": node.port,
        "controller_port": node.controller_port,
        "voters": ",".join(f"{n.id}@127.0.0.1:{n.controller_port}" for n in cluster.nodes),
        "log_dir": log_dir,
        "replicas": replicas,
        "in_sync": max(1, replicas - 1),
    }
    properties = (HERE / "server.properties").read_text()
    if cluster.secured:
        properties += f"\n# From --secure{secure.properties(cluster.secrets)}"
    properties += f"\n# From --config\n{cluster.extra}"
    for name, value in filled.items():
        properties = properties.replace(f"{{{name}}}", str(value))
    secure.written(node.properties, properties)
    for file in (node.log, node.console, node.lifecycle):
        if file.exists():
            file.replace(file.with_suffix(".previous.log"))
    if (log_dir / "meta.properties").exists():  # written last, so a format that was interrupted is done again
        return
    tool = ["kafka.tools.StorageTool", "format", "-t", cluster.id, "-c", str(node.properties)]
    tool += secure.scram(cluster.secrets) if cluster.secured else []
    java = [*java, *logging_to(node.folder / "format")]
    formatted = subprocess.run([*java, *tool], capture_output=True, text=True, check=False)
    if formatted.returncode:
        raise LocalKafkaError(
            f"{formatted.stdout}{formatted.stderr}Kafka could not format {log_dir}, see above"
        )


def logging_to(folder: Path) -> list[str]:
    return [f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}", f"-Dcopydesk.kafka.logs={folder}"]


def launch(node: Node, java: list[str]) -> subprocess.Popen[bytes]:
    command = [
        *java,
        "-XX:+ExitOnOutOfMemoryError",
        *logging_to(node.folder),
        "kafka.Kafka",
        str(node.properties),
    ]
    with node.console.open("w") as console:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            cwd=node.folder,
            start_new_session=True,  # Ctrl-C is for this script, which then stops the broker in order
        )
    (node.folder / "kafka.pid").write_text(f"{process.pid}\n")
    while node.pid() is None and process.poll() is None:  # for a moment after exec the command line is empty
        time.sleep(POLL_S)
    return process


def wait_until_started(nodes: list[Node]) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while states := {node.id: node.state() for node in nodes if node.state() != "running"}:
        for node in nodes:
            if states.get(node.id) == "stopped":
                raise LocalKafkaError(
                    f"{last_lines(node)}\nKafka ended before it served; its log is {node.log}"
                )
        if time.monotonic() > deadline:
            waited = next(node for node in nodes if node.id in states)
            late = f"Kafka did not serve within {START_DEADLINE_S:.0f} s; its log is {waited.log}"
            raise LocalKafkaError(f"{last_lines(waited)}\n{late}")
        time.sleep(POLL_S)


def last_lines(node: Node) -> str:
    written = [file.read_text(errors="replace") for file in (node.log, node.console) if file.exists()]
    return "\n".join("".join(written).splitlines()[-LAST_LINES:])


def attend(cluster: Cluster, launched: list[subprocess.Popen[bytes]]) -> int:
    """Stay with the brokers; stop them when asked, complain when one dies by itself."""
    try:
        codes = [process.wait() for process in launched]
    except KeyboardInterrupt:
        stop_nodes([node for node in cluster.nodes if node.pid()])
        say("stopped")
        return 0
    if any(code not in (0, 128 + signal.SIGTERM) for code in codes):
        raise LocalKafkaError(f"{last_lines(cluster.nodes[0])}\nKafka ended by itself, exit code {codes}")
    return 0


# --- stopping


def stop_nodes(nodes: list[Node]) -> None:
    """All at once: the last of several would wait minutes for a quorum that is gone."""
    slow = end(nodes, signal.SIGTERM, STOP_DEADLINE_S)
    if slow:
        say(f"not stopped within {STOP_DEADLINE_S:.0f} s: killing it")
        end(slow, signal.SIGKILL, STOP_DEADLINE_S)


def end(nodes: list[Node], by: signal.Signals, deadline_s: float) -> list[Node]:
    """Signal the nodes' own processes and wait; gives those that are still there."""
    for node in nodes:
        pid = node.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, by)
    deadline = time.monotonic() + deadline_s
    while (left := [node for node in nodes if node.pid()]) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    return left


def command_line(pid: int) -> str:
    """The command of a living process, words joined by spaces; empty for none and for one that has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return words.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")


# --- Java and the jars


def find_java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else None
    java = java or shutil.which("java")
    if java is None:
        raise missing(f"Java {JAVA_AT_LEAST} or newer is missing")
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', shown)
    if version is None or int(version[1]) < JAVA_AT_LEAST:
        found = version[1] if version else "of an unknown version"
        raise missing(f"Kafka needs Java {JAVA_AT_LEAST} or newer and {java} is {found}")
    return java


def missing(what: str) -> LocalKafkaError:
    docker = shutil.which("docker")
    if docker and engine_answers(docker):
        return LocalKafkaError(
            f"{what}; with Docker: `docker compose -f deploy/compose.yaml up -d kafka`", MISSING
        )
    return LocalKafkaError(f"{what}; to install it: `apt-get install openjdk-17-jre-headless maven`", MISSING)


def engine_answers(docker: str) -> bool:
    try:
        return subprocess.run([docker, "info"], capture_output=True, timeout=5, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def fetched_jars() -> Path:
    """The folder with the jars of this pom.xml, which is there whole or not at all."""
    shared = Path(os.environ.get("COPYDESK_KAFKA_JARS") or LOCAL / "kafka-jars").resolve()
    jars = shared / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise missing("Maven, which fetches Kafka's jars, is missing")
    shared.mkdir(parents=True, exist_ok=True)
    with locked(shared / "lock"):
        if not jars.is_dir():  # not fetched by another start while this one waited
            partial = jars.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            fetch(maven, partial)
            partial.rename(jars)
    return jars


def fetch(maven: str, folder: Path) -> None:
    say("Maven fetches Apache Kafka, 54 MB, this once ...")
    command = [maven, "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    said: deque[str] = deque(maxlen=LAST_LINES)
    files, told = 0, time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            said.append(line)
            files += "Downloaded" in line
            if time.monotonic() - told > 3:
                say(f"  ... {files} of about 490 files")  # jars, their poms, and Maven's own plugin
                told = time.monotonic()
    if process.returncode or not any(folder.glob("kafka_*.jar")):
        raise LocalKafkaError(
            f"{''.join(said)}Maven could not fetch Kafka, see above; the next start tries again"
        )


def say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
