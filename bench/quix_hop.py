"""A contender of hop.py in the environment of bench/versus: quix_hop.py BROKERS SOURCE TARGET GROUP RECORDS.

Quix Streams as its documentation writes such an application: a frame from one topic to another, JSON both
ways (it uses orjson itself), at-least-once, commits every five seconds and at the end.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


from quixstreams import Application

from bench.clock import Clock


def main() -> None:
    brokers, source, target, group, records = sys.argv[1:]
    clock = Clock(int(records))
    app = Application(
        broker_address=brokers,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        # At the level of ours, which those on aiokafka have from clients.py.
        producer_extra_config={"compression.type": "zstd", "compression.level": 1, "linger.ms": 5},
        loglevel="WARNING",
    )

    def begin(value: Any) -> Any:
        clock.begin()
        return value

    frame = app.dataframe(app.topic(source, key_deserializer="bytes", value_deserializer="json"))
    frame = frame.apply(begin)
    frame.to_topic(app.topic(target, key_serializer="bytes", value_serializer="json"))
    app.run(count=int(records))
    clock.committed(int(records))


if __name__ == "__main__":
    main()
