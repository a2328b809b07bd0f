"""What a worker says of itself: /metrics, /livez, /readyz, /startupz on one port, from a thread of its own.

The thread answers while the event loop is stuck, which is when the answer matters.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from streams.shell import metrics
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

# The loop ticks once a second; a worker whose loop has not turned for so long is not alive.
LOOP_SILENCE_SECONDS = 15.0
PORT_OF_STAGE = {"clean": 0, "tag": 1, "dedup": 2}
PORT_OF_REPLAY = 3


@dataclass(slots=True)
class Health:
    """What the probes ask; written by the event loop, read by the server's thread."""

    started: bool = False
    assigned: bool = False
    stopping: bool = False
    broker: bool = True
    stalled: bool = False  # work and no progress: the watchdog will end the worker soon
    delivering: Callable[[], bool] = lambda: True
    tick: float = field(default_factory=time.monotonic)

    def live(self) -> str | None:
        """None, or why not."""
        silent = time.monotonic() - self.tick
        return f"the event loop has not turned for {silent:.0f} s" if silent > LOOP_SILENCE_SECONDS else None

    def ready(self) -> str | None:
        """None, or why not."""
        if self.stopping:
            return "stopping"
        if not self.assigned:
            return "waiting for partitions"
        if not self.broker:
            return "Kafka does not answer"
        if self.stalled:
            return "no progress although there is work"
        if not self.delivering():
            return "records cannot be delivered, or the memory is being loaded"
        return self.live()

    def begun(self) -> str | None:
        """None, or why not."""
        return None if self.started else "starting"


def serve(settings: Settings, stage: str, health: Health) -> str:
    """Starts the server's thread for a stage, or a replay; gives its address.

    Raises Fatal(SETTINGS) where the port is taken.
    """
    host = settings.metrics_host
    port = settings.metrics_port + PORT_OF_STAGE.get(stage, PORT_OF_REPLAY) if settings.metrics_port else 0
    probes = {"/livez": health.live, "/readyz": health.ready, "/startupz": health.begun}
    expose = make_wsgi_app(metrics.REGISTRY)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            body: Iterable[bytes] = expose(environ, start_response)
            return body
        probe = probes.get(path)
        problem = probe() if probe else "there are /metrics, /livez, /readyz and /startupz"
        status = "404 Not Found" if probe is None else "503 Service Unavailable" if problem else "200 OK"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{problem or 'ok'}\n".encode()]

    try:
        server = make_server(host, port, answer, _Server, _Quiet)
    except OSError as error:
        raise Fatal(
            Exit.SETTINGS,
            f"cannot serve metrics on {host}:{port}: {error.strerror or error}; "
            "COPYDESK_METRICS_PORT sets another port, 0 takes any",
        ) from None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return f"http://{host}:{server.server_port}/metrics"


class _Server(ThreadingMixIn, WSGIServer):
    # A thread for each request, with a timeout: a slow client keeps nobody waiting.
    daemon_threads = True
    request_queue_size = 64

    def get_request(self) -> tuple[Any, Any]:
        request, address = super().get_request()
        request.settimeout(5)
        return request, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no event."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Probes every few seconds are not worth a line each."""
