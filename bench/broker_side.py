"""What an article costs the broker, which runs on this machine: its process, and the bytes it has on disk."""

import sys
from pathlib import Path

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.shell import clients
from streams.shell.settings import Settings


async def log_folder(settings: Settings) -> Path:
    """Where the broker keeps its records."""
    admin = await clients.started(clients.admin(settings), settings)
    try:
        [node] = (await admin.describe_cluster())["brokers"]
        asked = ConfigResource(ConfigResourceType.BROKER, str(node["node_id"]))
        [answer] = await admin.describe_configs([asked])
        [(_code, _message, _kind, _name, entries)] = answer.resources
        return Path(next(value for name, value, *_ in entries if name == "log.dirs"))
    finally:
        await clients.stopped(admin)


def stored(folder: Path, topic: str) -> int:
    """Bytes of a topic's records, indexes left out."""
    return sum(part.stat().st_size for part in folder.glob(f"{topic}-[0-9]*/*.log"))


def broker_pid(folder: Path) -> int:
    """The process that has a broker's folder on its command line. SystemExit where there is none."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_text().split("\0")
        except OSError:
            continue
        if words[0].endswith("java") and any(str(folder.parent) in word for word in words):
            return int(command.parent.name)
    sys.exit(f"no broker on this machine has its records in {folder}")
