#!/usr/bin/env python3
"""A real Prometheus on this machine, without Docker, and its promtool.

  deploy/local/prometheus.py fetch       get both from Debian's package (19 MB) into .local/tools; no root
  deploy/local/prometheus.py start       watch the workers on this machine; prints its address
  deploy/local/prometheus.py status      is it there, and where
  deploy/local/prometheus.py stop        stop it; what it has collected stays in its folder
  deploy/local/prometheus.py check       promtool on the configuration, the rules and their tests

It listens on 127.0.0.1 only, with the rules of deploy/prometheus. Workers elsewhere: --target HOST:PORT, for
each. `prometheus` and `promtool` that are installed are taken as they are.

Environment: COPYDESK_TOOLS is where fetched programs are (else .local/tools in the repository).

Exit codes: 0 done, 1 failed (the last line says why), 2 wrong usage, 3 not running, 69 it cannot be had.
"""

# ruff: noqa: S603 - every command is a list built here
from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOYED = REPOSITORY / "deploy" / "prometheus"
LOCAL = REPOSITORY / ".local"
PACKAGE = "prometheus"
WORKERS = ("127.0.0.1:9464", "127.0.0.1:9465", "127.0.0.1:9466")
USUAL_PORT = 9090
START_DEADLINE_S = 60.0  # it serves after a second
STOP_DEADLINE_S = 20.0
POLL_S = 0.05
NOT_RUNNING, MISSING = 3, 69
TARGETS = re.compile(r"targets: \[.*\]")


class LocalPrometheusError(Exception):
    """What a person is told, and the exit code."""

    def __init__(self, told: str, code: int = 1) -> None:
        super().__init__(told)
        self.code = code


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    try:
        return options.run(options)  # type: ignore[no-any-return]
    except LocalPrometheusError as error:
        say(str(error))
        return error.code
    except KeyboardInterrupt:
        say("interrupted")
        return 130


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, told in (
        ("fetch", fetch, "Get prometheus and promtool, unless they are there; prints promtool's path."),
        ("start", start, "Bring Prometheus up, wait until it serves, print its address."),
        ("status", status, "Say whether it runs and where (exit code 0, or 3 when it does not)."),
        ("stop", stop, "Stop it; what it has collected stays."),
        ("check", check, "Check the configuration and the rules, and run the tests of the rules."),
    ):
        sub = commands.add_parser(name, help=told, description=told)
        sub.set_defaults(run=run)
        if name in ("start", "status", "stop"):
            sub.add_argument(
                "--data",
                type=Path,
                default=LOCAL / "prometheus",
                metavar="DIR",
                help="its folder (default: .local/prometheus)",
            )
        if name == "start":
            sub.add_argument("--port", type=int, default=USUAL_PORT, metavar="N", help="0: any free one")
            sub.add_argument(
                "--target", action="append", metavar="HOST:PORT", help="a worker (default: the local three)"
            )
            sub.add_argument("--rules", type=Path, default=DEPLOYED / "rules", metavar="DIR")
            sub.add_argument("--interval", default="15s", metavar="TIME", help="between two looks")
    return parser.parse_args(arguments)


def fetch(_options: argparse.Namespace) -> int:
    print(tool("promtool"))
    tool("prometheus")
    return 0


def start(options: argparse.Namespace) -> int:
    data = options.data.resolve()
    if (running := remembered(data)) is not None:
        say(f"already running, data in {data}")
        print(f"prometheus: http://127.0.0.1:{running['port']}")
        return 0
    program, port = tool("prometheus"), options.port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    configuration = data / "prometheus.yml"
    configuration.write_text(configured(options.target or WORKERS, options.rules.resolve(), options.interval))
    command = [
        str(program),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    log = data / "prometheus.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=written, stderr=written, start_new_session=True
        )
    (data / "state.json").write_text(json.dumps({"pid": process.pid, "port": port}))
    deadline = time.monotonic() + START_DEADLINE_S
    while not ready(port):
        late = time.monotonic() > deadline
        if late or process.poll() is not None:
            process.kill()
            raise LocalPrometheusError(
                f"{log.read_text()[-2000:]}\nPrometheus did not serve; its log is {log}"
            )
        time.sleep(POLL_S)
    say(f"started, data in {data}")
    print(f"prometheus: http://127.0.0.1:{port}", flush=True)
    return 0


def status(options: argparse.Namespace) -> int:
    running = remembered(options.data.resolve())
    if running is None:
        say("not running")
        return NOT_RUNNING
    print(f"prometheus: http://127.0.0.1:{running['port']}")
    return 0


def stop(options: argparse.Namespace) -> int:
    data = options.data.resolve()
    running = remembered(data)
    if running is None:
        say("not running")
        return 0
    for by in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running["pid"], by)
        deadline = time.monotonic() + STOP_DEADLINE_S
        while remembered(data) is not None and time.monotonic() < deadline:
            time.sleep(POLL_S)
    say("stopped")
    return 0


def check(_options: argparse.Namespace) -> int:
    """What promtool says of deploy/prometheus; 1 where it finds anything."""
    promtool = str(tool("promtool"))
    tests = sorted(map(str, (DEPLOYED / "tests").glob("*.yml")))
    rules = sorted(map(str, (DEPLOYED / "rules").glob("*.yml")))
    for command in (
        ["check", "config", str(DEPLOYED / "prometheus.yml")],
        ["check", "rules", "--lint=all", "--lint-fatal", *rules],
        ["test", "rules", *tests],
    ):
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalPrometheusError(
                f"{done.stdout}{done.stderr}promtool {' '.join(command[:2])} failed, see above"
            )
        say(f"promtool {' '.join(command[:2])}: good")
    return 0


def configured(targets: tuple[str, ...] | list[str], rules: Path, interval: str) -> str:
    """deploy/prometheus/prometheus.yml with other targets, rules and interval."""
    text = (DEPLOYED / "prometheus.yml").read_text()
    text = TARGETS.sub(f"targets: {json.dumps(list(targets))}", text)
    return text.replace("rules/*.yml", f"{rules}/*.yml").replace(": 15s", f": {interval}")


def tool(name: str) -> Path:
    """The path of prometheus or promtool; fetches Debian's package where neither is installed."""
    if installed := shutil.which(name):
        return Path(installed)
    tools = Path(os.environ.get("COPYDESK_TOOLS") or LOCAL / "tools").resolve()
    path = tools / "usr" / "bin" / name
    if path.exists():
        return path
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise LocalPrometheusError(
            f"{name} is not installed, and only Debian's package can be fetched", MISSING
        )
    say("apt-get fetches Prometheus, 19 MB, this once ...")
    partial = tools.with_name(f"{tools.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        got = subprocess.run(
            ["apt-get", "download", PACKAGE],  # noqa: S607 - where the system has it
            cwd=partial,
            capture_output=True,
            text=True,
            check=False,
        )
        if got.returncode:
            raise LocalPrometheusError(
                f"{got.stderr}apt-get could not fetch {PACKAGE}, see above (`apt-get update` may help)",
                MISSING,
            )
        package = next(partial.glob(f"{PACKAGE}_*.deb"))
        tools.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "-x", str(package), str(tools)], check=True)  # noqa: S607
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


def remembered(data: Path) -> dict[str, int] | None:
    """What runs in this folder, only if the process is this very Prometheus: ids are reused."""
    try:
        state: dict[str, int] = json.loads((data / "state.json").read_text())
        words = Path(f"/proc/{state['pid']}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return state if f"--config.file={data / 'prometheus.yml'}".encode() in words else None


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
