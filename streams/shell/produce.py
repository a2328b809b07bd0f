"""`copydesk produce`: raw articles from a file onto articles.raw, every delivery awaited."""

import asyncio
from dataclasses import dataclass, field

import orjson
from aiokafka import AIOKafkaProducer, errors

from streams import contract
from streams.events import Failed, Rejected
from streams.shell import clients, inputs
from streams.shell.access import Needs, check_access
from streams.shell.progress import Progress
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

# Deliveries awaited at once: enough to fill batches, little enough to hold in memory.
WINDOW = 500


@dataclass(slots=True)
class Produced:
    """How it went: articles delivered, and (line, why) of those that were refused."""

    delivered: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def produce_file(settings: Settings, path: str, url: str | None, *, check: bool) -> Produced:
    """Sends every article of a file. With `check`, what breaks the schema is refused here.

    Raises Fatal when the file cannot be read or Kafka cannot be reached.
    """
    return asyncio.run(_produce(settings, path, url, check))


async def _produce(settings: Settings, path: str, url: str | None, check: bool) -> Produced:
    topic = topic_name(settings, contract.RAW)
    await check_access(settings, Needs(reads=(), writes=(topic,)))
    producer = await clients.started(clients.producer(settings), settings)
    done = Produced()
    try:
        if inputs.is_page(path):
            lines = [inputs.Line(1, inputs.page_event(path, url), 0)]
            await _send(producer, topic, lines, done, check)
            return done
        with inputs.opened(path) as (found, size), Progress("sending", size) as progress:
            window: list[inputs.Line] = []
            for line in found:
                window.append(line)
                if len(window) == WINDOW:
                    await _send(producer, topic, window, done, check)
                    progress.advance(line.done, done.delivered)
                    window.clear()
            await _send(producer, topic, window, done, check)
    finally:
        await clients.stopped(producer)
    return done


async def _send(
    producer: AIOKafkaProducer, topic: str, lines: list[inputs.Line], done: Produced, check: bool
) -> None:
    sent = []
    for line in lines:
        problem = _problem(line.value) if check else None
        if problem is not None:
            done.refused.append((line.number, problem))
            continue
        try:
            sent.append((line, await producer.send(topic, line.value, _key(line.value))))
        except errors.MessageSizeTooLargeError:
            done.refused.append((line.number, f"too_large: {len(line.value)} bytes"))
    results = await asyncio.gather(*(future for _, future in sent), return_exceptions=True)
    for (line, _), result in zip(sent, results, strict=True):
        if isinstance(result, clients.AUTHORIZATION):
            raise result
        if isinstance(result, BaseException):
            done.refused.append((line.number, clients.describe(result)))
        else:
            done.delivered += 1


def _problem(value: bytes) -> str | None:
    outcome = contract.decode_raw(value, "")
    if isinstance(outcome, (Failed, Rejected)):
        return f"{outcome.reason.value}: {outcome.detail}"
    return None


def _key(value: bytes) -> bytes | None:
    """The URL: versions of one article stay in one partition, and so in order."""
    try:
        url = orjson.loads(value).get("url")
    except (orjson.JSONDecodeError, AttributeError):
        return None
    return url.encode() if isinstance(url, str) else None
