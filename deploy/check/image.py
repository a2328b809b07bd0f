#!/usr/bin/env python3
"""Does what the Dockerfile does, and runs what comes of it as a container would, without an engine.

  deploy/check/image.py            build in .local/image, run, compare; the first time takes minutes

deploy/install.sh, which is all that the image's build stage runs, installs into a folder that stands at
/opt/copydesk. `copydesk run` then works through the samples with the environment of the Dockerfile's last
stage, as user 10001 without a home, on a read-only root, in a network namespace that has but loopback, with a
tmpfs for /tmp. The events must be those of this repository's own installation, to the byte, and no
kernel may have been compiled.

Not checked: the base image, and that layers keep what was installed. It needs Linux, and root for the
namespaces.

Exit codes: 0 done, 1 something is wrong (the last lines say what), 77 no right to make namespaces here.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
FOLDER = ROOT / ".local" / "image"
INSTALLED = "/opt/copydesk"
SAMPLES = ROOT / "streams" / "samples" / "articles.jsonl"
USER = "10001"
NO_NAMESPACES = 77
NAMESPACES = ("unshare", "-m")
UNAVAILABLE = 69  # what a worker says of a Kafka that is not there
# In place of a container: a root that cannot be written, no network, and Python where the base image has it.
MOUNTS = """
set -e
mount --bind {python} /usr/local
mount -t overlay none -o lowerdir={check}/opt:/opt /opt
mount --bind {folder} /opt/copydesk
mount --bind {check} /opt/check
"""
READ_ONLY = """
mount -o remount,bind,ro /opt/copydesk
mount -o remount,bind,ro /
mount -t tmpfs none /tmp
"""
AS_USER = [
    *("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--no-new-privs"),
    *("--bounding-set=-all", "--inh-caps=-all"),
]
# Every process of Python reads it first: a kernel that is compiled says so.
TELL_COMPILATIONS = """
import sys
from numba.core import event

class Told(event.Listener):
    def on_start(self, happened):
        print("compiled here:", happened.data["dispatcher"].py_func.__qualname__, file=sys.stderr)

    def on_end(self, happened):
        pass

event.register("numba:compile", Told())

import streams.kept

keep = streams.kept._keep

def told(place, made):
    print("table made here:", place.path.name, file=sys.stderr)
    return keep(place, made)

streams.kept._keep = told
print("listening to the compiler", file=sys.stderr)
"""


def main() -> int:
    if contained("true", dict(os.environ)).returncode:
        print("image: not checked, this user may not make namespaces (unshare -m -n)", file=sys.stderr)
        return NO_NAMESPACES
    with tempfile.TemporaryDirectory() as name:
        check = Path(name)
        check.chmod(0o755)
        for folder in ("copydesk", "check"):
            (check / "opt" / folder).mkdir(parents=True)
        (check / "sitecustomize.py").write_text(TELL_COMPILATIONS)
        shutil.copy(SAMPLES, check / "raw.jsonl")
        began = time.monotonic()
        if build(check):
            return 1
        print(f"image: built in {time.monotonic() - began:.0f} s, {megabytes(FOLDER):.0f} MB", flush=True)
        return run(check)


def build(check: Path) -> int:
    """What the build stage's RUN lines do, with its environment and ARGs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stage = environment(stages()[0])
    commands = re.findall(r"^RUN (deploy/.+)$", stages()[0], re.MULTILINE)
    script = mounts(check) + "cd " + shlex.quote(str(ROOT)) + "\n" + "\n".join(commands)
    return contained(script, {**inherited(), **stage}, network=True).returncode


def run(check: Path) -> int:
    """The samples through all stages, and a worker that finds no Kafka."""
    for path in FOLDER.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (0, int(path.stat().st_mtime)))  # as a layer does: it has whole seconds
    started = environment(stages()[-1])
    prefix = mounts(check) + READ_ONLY + "cd /\n"
    told = {**started, "LD_LIBRARY_PATH": "/usr/local/lib", "PYTHONPATH": "/opt/check"}
    work = "copydesk run /opt/check/raw.jsonl /tmp/out.jsonl --rejects /tmp/rejects.jsonl || [ $? = 1 ]"
    script = f"{work}\ncat /tmp/out.jsonl /tmp/rejects.jsonl"
    began = time.monotonic()
    done = contained(prefix + as_user(script), told)
    events, said = done.stdout, done.stderr.decode()
    print(
        f"image: samples in {time.monotonic() - began:.0f} s, {len(events.splitlines())} events", flush=True
    )
    problems = []
    if done.returncode or not events:
        problems.append(f"copydesk run ended with {done.returncode}: {said[-2000:]}")
    elif events != expected(check):
        problems.append("the events differ from those of this repository's installation")
    if compiled := re.findall(r"compiled here: (\S+)", said):
        problems.append(f"{len(compiled)} kernels were compiled at the start, {compiled[0]} for one")
    if tables := re.findall(r"table made here: (\S+)", said):
        problems.append(f"{len(tables)} tables were made at the start, {tables[0]} for one")
    if "listening to the compiler" not in said:
        problems.append("nobody listened to the compiler")
    worker = contained(prefix + as_user("exec copydesk worker clean"), told)
    if worker.returncode != UNAVAILABLE:
        problems.append(
            f"without Kafka a worker ends with {worker.returncode}: {worker.stderr.decode()[-2000:]}"
        )
    if pips := [str(path) for path in FOLDER.glob("lib/python*/site-packages/pip")]:
        problems.append(f"there is an installer inside: {pips[0]}")
    for problem in problems:
        print(f"image: {problem}", file=sys.stderr)
    return 1 if problems else 0


def stages() -> list[str]:
    """The Dockerfile's stages, without the lines before the first."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text(encoding="utf-8"))
    return re.split(r"^FROM .*$", text, flags=re.MULTILINE)[1:]


def environment(stage: str) -> dict[str, str]:
    """The variables that a stage's ENV lines set, its ARGs filled in."""
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", stage, re.MULTILINE))
    found: dict[str, str] = {}
    for line in re.findall(r"^ENV (.+)$", stage, re.MULTILINE):
        for word in shlex.split(line):
            name, _, value = word.partition("=")
            found[name] = re.sub(r"\$\{(\w+)\}", lambda match: given[match[1]], value)
    return found


def inherited() -> dict[str, str]:
    """What a build has of ours: where packages come from is set by the machine."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("COPYDESK_", "NUMBA_", "PYTHON"))} | {
        "PYTHON": "/usr/local/bin/python3",
        "LD_LIBRARY_PATH": "/usr/local/lib",
    }


def mounts(check: Path) -> str:
    return MOUNTS.format(python=shlex.quote(sys.base_prefix), folder=shlex.quote(str(FOLDER)), check=check)


def as_user(script: str) -> str:
    return f"exec {shlex.join(AS_USER)} /bin/sh -c {shlex.quote(script)}"


def contained(
    script: str, variables: dict[str, str], *, network: bool = False
) -> subprocess.CompletedProcess[bytes]:
    command = [*NAMESPACES, *([] if network else ["-n"]), "/bin/sh", "-c", script]
    return subprocess.run(  # noqa: S603 - a command built here
        command, env=variables, capture_output=not network, timeout=1200, check=False
    )


def expected(check: Path) -> bytes:
    """What this repository's own installation makes of the samples."""
    out, rejects = check / "expected.jsonl", check / "expected-rejects.jsonl"
    command = [sys.executable, "-m", "streams.shell.cli", "run", str(check / "raw.jsonl")]
    command += [str(out), "--rejects", str(rejects)]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=600, check=False)  # noqa: S603
    return out.read_bytes() + rejects.read_bytes()


def megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*")) / 1e6


if __name__ == "__main__":
    sys.exit(main())
