"""Free TCP ports of 127.0.0.1 that no two of our processes take at once.

Between the choice of a port and the moment somebody listens on it lie seconds. The process that has chosen it
holds a mark that the others see, a Unix socket of an abstract name; the kernel takes it away with it.
"""

from __future__ import annotations

import secrets
import socket

# Below the ephemeral ports: among them a client that reconnects to a dead broker can meet itself on its port.
FREE_PORTS = range(20_000, 32_000)
_MARKS: dict[int, socket.socket] = {}  # by port; they last as long as this process


def free_ports(count: int = 1) -> int:
    """The first of so many ports in a row; they are this process's to give until it ends."""
    starts = range(FREE_PORTS.start, FREE_PORTS.stop - count + 1)
    while True:
        first = secrets.choice(starts)
        taken = [port for port in range(first, first + count) if _mark(port)]
        if len(taken) == count and all(map(free, taken)):
            return first
        for port in taken:
            _MARKS.pop(port).close()


def free(port: int) -> bool:
    """Whether nobody listens on it."""
    with socket.socket() as probe:
        # As Java does: connections of the last broker that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _mark(port: int) -> bool:
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0copydesk-port-{port}")
    except OSError:
        mark.close()
        return False
    _MARKS[port] = mark
    return True
