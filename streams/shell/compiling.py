"""Compiling the kernels before they are needed: `copydesk compile`, and what a cold start says."""

import time
from typing import TYPE_CHECKING

import click

from streams.shell.exits import Exit, Fatal
from streams.shell.progress import Progress

if TYPE_CHECKING:  # a fifth of the CPU of `copydesk --help`
    from concurrent.futures import Future

LOOK_SECONDS = 0.5
PACKAGES = ("cleaning", "tagging", "dedup")


@click.command("compile")
def compile_() -> int:
    """Compile the kernels of the stages for this machine, once: about a minute.

    What is compiled is kept beside the installed sources (in numba's cache of the user, or NUMBA_CACHE_DIR,
    where those cannot be written) and serves every later start. Without it the first start does it, and
    takes as long. Run it where an image is built or a release installed. A second run has nothing to do.

    The code is for the processor that compiles it, all of its features included. For machines of several
    kinds set NUMBA_CPU_NAME=x86-64-v3 (or generic) and NUMBA_CPU_FEATURES= (empty) here and where it runs:
    numba looks at both.

    Exits 70 when the kernels of this machine do not give the values they must give.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, wait

    from streams.warming import warm_up_cleaning, warm_up_tagging

    began, total = time.monotonic(), _kernels_of(*PACKAGES)
    with (
        ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes,
        Progress("compiling", total, "kernels") as progress,
    ):
        waiting = {processes.submit(part) for part in (warm_up_cleaning, warm_up_tagging)}
        while waiting:
            done, waiting = wait(waiting, LOOK_SECONDS)
            _check(done)
            count = total - _kernels_of(*PACKAGES)
            progress.advance(count, count)
    if left := _kernels_of(*PACKAGES):
        raise Fatal(Exit.CANNOT_WRITE, f"{left} kernels could not be kept: set NUMBA_CACHE_DIR to a folder")
    click.echo(f"{total} kernels compiled in {time.monotonic() - began:.0f} s", err=True)
    return Exit.OK


def cold_start(*stages: str) -> str | None:
    """What to say before work of these stages that has to wait for compilers; None where all is compiled."""
    if count := _kernels_of(*stages):
        return f"compiling {count} kernels for this machine, once: about a minute (`copydesk compile`)"
    return None


def tell_cold_start(*stages: str) -> None:
    """Says it on standard error, for commands."""
    if (line := cold_start(*stages)) is not None:
        click.echo(line, err=True)


def _kernels_of(*stages: str) -> int:
    """How many kernels of these stages have to be compiled; loads the stages."""
    from importlib import import_module

    from streams.compiled import kernels_to_compile

    for stage in stages:
        import_module(f"streams.{stage}")
    return kernels_to_compile()


def _check(done: "set[Future[None]]") -> None:
    for part in done:
        if (error := part.exception()) is not None:
            raise Fatal(Exit.INTERNAL, f"{type(error).__name__}: {error}")
