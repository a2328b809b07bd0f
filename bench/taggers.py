"""The contenders of tagging.py, each run as a process of its own: taggers.py NAME, talking JSON lines.

The first line in is {"texts": [...], ...}; then the contender loads, finds names in the first text, and says
{"load_s": wall seconds, "load_cpu_s": CPU seconds, "mb": resident megabytes}. Each further line in is one
pass over all texts: {"cpu_s": CPU seconds, "mb": ..., "spans": [[start, end, type], ...] a text}.

spaCy may live in another interpreter: of this file only its own contender imports anything there.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

Spans = list[tuple[int, int, str]]
"""Code points [start:end] and the type, as the contender calls it."""
Contender = Callable[[list[str]], list[Spans]]


def main() -> None:
    task = json.loads(sys.stdin.readline())
    texts: list[str] = task["texts"]
    began, began_cpu = time.perf_counter(), time.process_time()
    contender = CONTENDERS[sys.argv[1]](task)
    contender(texts[:1])
    gc.collect()
    gc.freeze()  # as our stage processes do after loading
    say(load_s=time.perf_counter() - began, load_cpu_s=time.process_time() - began_cpu, mb=resident_mb())
    for _ in sys.stdin:
        began_cpu = time.process_time()
        spans = contender(texts)
        say(cpu_s=time.process_time() - began_cpu, mb=resident_mb(), spans=spans)


def say(**figures: Any) -> None:
    print(json.dumps(figures), flush=True)


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1e3


def copydesk(_task: dict[str, Any]) -> Contender:
    """The whole step, from the cleaned event to the tagged one: values, places and salience too."""
    return _tagged(None)


def teacher(task: dict[str, Any]) -> Contender:
    """The whole step with the tier `teacher`, its model in the folder task["folder"]."""
    from streams.tagging.finders import finder_of
    from streams.tagging.tiers import Choice, Tier

    return _tagged(finder_of(Choice(Tier.TEACHER, task["folder"])))


def rules(task: dict[str, Any]) -> Contender:
    """The whole step, but with spans that another has found: task["spans"], of each text."""
    from streams.tagging.finders import Finder
    from streams.tagging.spans import Span, table_of, without_overlaps
    from streams.vocabulary import EntityType

    found = {
        text: [Span(start, end, EntityType(kind)) for start, end, kind in spans]
        for text, spans in zip(task["texts"], task["spans"], strict=True)
    }
    return _tagged(Finder(lambda document: table_of(without_overlaps(found.get(document.text, [])))))


def _tagged(finder: Any) -> Contender:
    from streams.tagging import tag
    from streams.tagging.finders import BUILTIN_FINDER
    from tests.tagging.articles import article

    chosen = finder or BUILTIN_FINDER

    def one(text: str) -> Spans:
        event = tag(article(text), finder=chosen)
        return [
            (mention.start, mention.end, entity.type)
            for entity in event.entities
            for mention in entity.mentions
            if mention.where == "text"
        ]

    return lambda texts: [one(text) for text in texts]


def finder_alone(_task: dict[str, Any]) -> Contender:
    """The learned finder, without what the document says of its spans, nor anything else."""
    from streams.tagging.finders import BUILTIN_FINDER
    from streams.tagging.spans import spans_in
    from streams.tagging.tokens import tokenize

    def one(text: str) -> Spans:
        return [(span.start, span.end, span.type) for span in spans_in(BUILTIN_FINDER.find(tokenize(text)))]

    return lambda texts: [one(text) for text in texts]


def gazetteer_alone(_task: dict[str, Any]) -> Contender:
    """Names that are listed: organisations, and places that the gazetteer is sure of; nobody's rules."""
    from streams.tagging.gazetteer import gazetteer
    from streams.tagging.spans import Span, without_overlaps
    from streams.tagging.tokens import tokenize
    from streams.vocabulary import EntityType

    tables = gazetteer()

    def one(text: str) -> Spans:
        spans = []
        for start, end in tables.hits(tokenize(text)):
            name = text[start:end]
            if name in tables.organisations:
                spans.append(Span(start, end, EntityType.ORGANISATION))
            elif tables.is_sure_place(name):
                spans.append(Span(start, end, EntityType.PLACE))
        return [(span.start, span.end, span.type) for span in without_overlaps(spans)]

    return lambda texts: [one(text) for text in texts]


def spacy(task: dict[str, Any]) -> Contender:
    """A spaCy pipeline's names, with its own labels; only the components that names depend on are run."""
    import spacy as library

    pipeline: Any = library.load(task["pipeline"], exclude=task["exclude"])

    def found(texts: list[str]) -> list[Spans]:
        read = pipeline.pipe(texts, batch_size=task["batch"])
        return [[(name.start_char, name.end_char, name.label_) for name in one.ents] for one in read]

    return found


CONTENDERS: dict[str, Callable[[dict[str, Any]], Contender]] = {
    "copydesk": copydesk,
    "teacher": teacher,
    "rules": rules,
    "finder": finder_alone,
    "gazetteer": gazetteer_alone,
    "spacy": spacy,
}

if __name__ == "__main__":
    main()
