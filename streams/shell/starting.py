"""One stage as a process, from its start to its exit code."""

import asyncio

from streams.pipeline import CLEAN, DEDUP, STEPS, TAG, Step
from streams.shell import metrics
from streams.shell.exits import Exit, Fatal
from streams.shell.forking import name_process
from streams.shell.freed import keep_little
from streams.shell.logs import configure_logging, log
from streams.shell.names import group
from streams.shell.pool import StagePool
from streams.shell.settings import Settings, read_settings

# These take records through a pool of stage processes.
POOLED = (CLEAN, TAG)


def run_stage(stage: str, accept_failures: int = 0, pools: int = 1) -> int:
    """Runs a stage until SIGTERM, one of `pools` that share the machine; gives the exit code.

    Raises Fatal where the settings are wrong.
    """
    settings = read_settings()
    name_process(f"copydesk {stage}")
    configure_logging(settings, stage=stage)
    step = next(step for step in STEPS if step.name == stage)
    try:
        return _run(settings, step, accept_failures, pools)
    except Fatal as fatal:
        log().error("not started", reason=str(fatal), code=int(fatal.code))
        return fatal.code


def _run(settings: Settings, step: Step, accept_failures: int, pools: int) -> int:
    pool = None
    if step in POOLED:  # first of all: its server loads what is not here yet while Kafka is asked
        pool = StagePool([step], settings, _count_restart, pools)
    keep_little()
    from streams.shell.access import check_access
    from streams.shell.app import needs

    try:
        asyncio.run(check_access(settings, needs(settings, step)))
        if step is DEDUP:
            from streams.shell import state_log

            asyncio.run(state_log.check(settings))
        return _work(settings, step, pool, accept_failures)
    finally:
        if pool is not None:
            pool.close()


def _count_restart(cause: str) -> None:
    metrics.POOL_RESTARTS.labels(cause=cause).inc()


def _work(settings: Settings, step: Step, pool: StagePool | None, accept_failures: int) -> int:
    from streams.shell import health
    from streams.shell.worker import StageWorker

    metrics.expose_build(step.name)
    metrics.INDEX_BUDGET.set(settings.index_memory_mb * 2**20 if step is DEDUP else 0)
    state = health.Health()
    metrics.READY.set_function(lambda: float(state.ready() is None))
    address = health.serve(settings, step.name, state)
    worker = StageWorker(settings, step, pool, state, accept_failures)
    log().info("starting", metrics=address, group=group(settings, step), brokers=settings.brokers)
    try:
        worker.loop.run_until_complete(worker.prepare())
        worker.execute_from_commandline()
    except SystemExit as done:  # Faust's worker always ends so
        code = Exit.INTERNAL if done.code else Exit.OK
    code = worker.fatal.code if worker.fatal else code
    log().info("stopped", code=int(code))
    return code
