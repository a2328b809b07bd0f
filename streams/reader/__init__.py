"""Reading articles.enriched, for whoever consumes it.

    async with Reader(position=saved) as reader:          # None: from the beginning
        async for event in reader:
            match event:
                case Article():   store(event.id, event.article)
                case Withdrawn(): drop(event.id)           # the publisher took it back
                case Erased():    erase(event.id)          # nothing of it may be kept
                case Malformed(): report(event.why)        # no event; the stream goes on
            save(reader.position)                          # JSON; best in the same transaction

Where Kafka is, and how to log in, is said by COPYDESK_* in the environment (`copydesk settings`), or by
`settings`. Only what is committed is read. A broker that restarts is waited for.

**Position.** It belongs to the consumer, who saves it together with its own results: then every event takes
effect once, which offsets in a consumer group could not give. There is no group and no rebalance; to share
the work give each process some `partitions`. Partitions that are added are read from the next start on.

**Which record counts.** An article comes again with each later decision, and an old record may be read once
more. `replaces` says whether an event takes the place of what you have; keep `decision` and `received_at`
beside it. The reader leaves out what does not replace an event that it has seen, but it remembers only the
last REMEMBERED articles, and nothing across a restart: the condition belongs into your own upsert.

**What is gone** is never passed over: where records behind the position have expired, or a consumer was
away for longer than Kafka keeps erasures, Gap is raised (`on_gap="continue"`: a warning is logged instead).
"""

from streams.reader.events import LIFE_MS, Article, Erased, Event, Malformed, Withdrawn, replaces
from streams.reader.following import Gap, Position, Reader
from streams.shell.exits import Fatal
from streams.shell.settings import Settings, read_settings

__all__ = ["LIFE_MS", "Article", "Erased", "Event", "Fatal", "Gap", "Malformed", "Position", "Reader"]
__all__ += ["Settings", "Withdrawn", "read_settings", "replaces"]
