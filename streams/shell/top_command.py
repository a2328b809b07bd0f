"""`copydesk top`: the workers' rates, lag, freshness and failures, for people and for scripts."""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from streams.shell.exits import Exit, Fatal
from streams.shell.numbers import Number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from streams.shell.top import View

PLACE = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}")
HEAD = (
    "stage",
    "worker",
    "state",
    "in/s",
    "out/s",
    "lag",
    "oldest",
    "fresh p50",
    "p95",
    "rebal.",
    "restarts",
    "MB",
)
MOST_WORKERS = 64


@click.command()
@click.option(
    "--at", "places", multiple=True, metavar="HOST:PORT", help="A worker's metrics; may be repeated."
)
@click.option("--once", is_flag=True, help="Show it once and end: exit 1 where a worker is not ready.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a look.")
@click.option(
    "--interval",
    type=Number(0.2, 60),
    default=2.0,
    show_default=True,
    help="Seconds between looks.",
)
def top(places: tuple[str, ...], once: bool, json_: bool, interval: float) -> int:
    """Watch the workers: rates by stage, lag, freshness, dead letters, rebalances, readiness.

    Reads their /metrics: by default of the three on this machine. Rates and freshness are those of the
    last minute (with --once of one interval). Ctrl-C ends it.

    \b
    copydesk top
    copydesk top --at news1:9464 --at news1:9465 --at news2:9466
    copydesk top --once --json | jq '.workers[] | {stage, lag, problem}'
    """
    from streams.shell.terminal import console_of_output

    seen = _views(_addresses(places), interval)
    if once:
        next(seen)  # rates need two
        workers = next(seen)
        _print(workers, json_=json_)
        return Exit.REFUSED if any(worker.problem for worker in workers) else Exit.OK
    console = console_of_output()
    try:
        if json_ or not console.is_terminal:
            for workers in seen:
                _print(workers, json_=json_)
        else:
            from rich.live import Live

            with Live(console=console, auto_refresh=False, screen=True) as live:
                for workers in seen:
                    live.update(table(workers), refresh=True)
    except KeyboardInterrupt:
        pass
    return Exit.OK


def _addresses(places: Sequence[str]) -> dict[str, str | None]:
    """host:port -> the stage that is expected there."""
    from streams.shell.health import PORT_OF_STAGE
    from streams.shell.settings import read_settings

    for place in places:
        if not PLACE.fullmatch(place):
            raise Fatal(Exit.USAGE, f"--at {place}: write HOST:PORT, as 127.0.0.1:9464")
    if len(places) > MOST_WORKERS:
        raise Fatal(Exit.USAGE, f"{len(places)} workers are more than a screen shows; at most {MOST_WORKERS}")
    if places:
        return dict.fromkeys(places)
    settings = read_settings()
    if not settings.metrics_port:
        raise Fatal(Exit.USAGE, "COPYDESK_METRICS_PORT=0 says nothing: name the workers with --at HOST:PORT")
    host = "127.0.0.1" if settings.metrics_host in ("", "0.0.0.0", "::") else settings.metrics_host  # noqa: S104
    return {f"{host}:{settings.metrics_port + port}": stage for stage, port in PORT_OF_STAGE.items()}


def _views(addresses: dict[str, str | None], interval: float) -> "Iterator[list[View]]":
    """Looks at all of them at the same time, again and again."""
    from streams.shell.top import Watch, look

    watches = [Watch(address, stage) for address, stage in addresses.items()]
    with ThreadPoolExecutor(len(watches)) as threads:
        while True:
            began = time.monotonic()
            looks = threads.map(look, addresses)
            yield [watch.add(one) for watch, one in zip(watches, looks, strict=True)]
            time.sleep(max(0.0, began + interval - time.monotonic()))


def _print(workers: "list[View]", *, json_: bool) -> None:
    if json_:
        import orjson

        from streams.shell.terminal import json_line

        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        told = {"at": now, "workers": [asdict(worker) for worker in workers]}
        click.echo(json_line(orjson.dumps(told)).decode())
    else:
        click.echo("\n".join(lines(workers)))
    sys.stdout.flush()


def lines(workers: "list[View]") -> list[str]:
    """The view as plain text: a line for each worker, then one for each reason."""
    rows = [HEAD, *(_row(worker) for worker in workers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [*told, *(f"  {line}" for line in _reasons(workers)), ""]


def table(workers: "list[View]") -> "RenderableType":
    """The same for a terminal."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, header_style="bold", expand=False)
    for name in HEAD:
        shown.add_column(name, justify="left" if name in HEAD[:3] else "right")
    for worker in workers:
        style = "green" if worker.problem is None else "red" if not worker.answers else "yellow"
        cells = [Text(text) for text in _row(worker)]
        cells[2].stylize(style)
        shown.add_row(*cells)
    reasons = [Text(f" {line}", "yellow" if "dead letters" in line else "") for line in _reasons(workers)]
    return Group(shown, Text(""), *reasons, Text(" Ctrl-C ends it", "dim"))


def _row(worker: "View") -> tuple[str, ...]:
    from streams.shell.terminal import NOTHING, printable

    state = printable(worker.problem or "ready")
    if not worker.answers:
        return (worker.stage or "?", worker.address, state, *(NOTHING,) * (len(HEAD) - 3))
    return (
        printable(worker.stage or "?"),
        worker.address,
        state,
        f"{worker.rates.get('consumed', 0):,.1f}",
        f"{worker.rates.get('output', 0):,.1f}",
        f"{worker.lag:,}",
        _time(worker.oldest_seconds),
        _time(worker.freshness_p50),
        _time(worker.freshness_p95),
        f"{worker.rebalances:,}",
        f"{worker.pool_restarts:,}",
        f"{(worker.memory_bytes or 0) / 2**20:,.0f}",
    )


def _reasons(workers: "list[View]") -> Iterator[str]:
    from streams.shell.terminal import printable

    for worker in workers:
        for what, found in (("rejected", worker.rejected), ("dead letters", worker.dead_letters)):
            if found:
                listed = ", ".join(f"{name} {n.total:,} ({n.rate:.1f}/s)" for name, n in found.items())
                yield printable(f"{worker.stage} {what} since its start: {listed}")
        if worker.headroom is not None and worker.headroom < 1 / 2:
            yield printable(f"{worker.stage}: only {worker.headroom:.0%} of its topic's retention is left")


def _time(seconds: float | None) -> str:
    """Short and readable: 0.12 s, 34 s, 5 min, 3.2 h."""
    if seconds is None:
        return "-"
    for most, unit in ((1, "s"), (120, "s"), (7200, "min")):
        if seconds < most:
            return f"{seconds:.2f} s" if most == 1 else f"{seconds / (60 if unit == 'min' else 1):.0f} {unit}"
    return f"{seconds / 3600:.1f} h"
