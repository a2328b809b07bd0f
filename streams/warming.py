"""The warm-up of a process: every table loaded and every kernel compiled by a few made-up articles."""

from typing import TYPE_CHECKING

from streams import contract
from streams.events import CleanedArticle, Failed, Language
from streams.pipeline import CLEAN, TAG, Record, Step, run, use_knowledge
from streams.vocabulary import Completeness

if TYPE_CHECKING:
    from streams.tagging.knowledge import Knowledge

_WARM_UP_AT = "2026-01-01T00:00:00.000Z"
_ENGLISH = "Mr John Smith of Acme Corp said in London on Monday that it was time to go home. " * 12
# With a letter that is folded to two, which takes another kernel.
_GERMAN = "Der Minister sagte am Montag in Hamburg, dass die große Arbeit nun beginnen werde. " * 12


def warm_up() -> None:
    """Loads every table and compiles every kernel, so that the first article is as quick as the next.

    Raises RuntimeError where this machine's kernels do not give the golden sketches, or a stage fails.
    """
    warm_up_cleaning()
    warm_up_tagging()


def warm_up_cleaning() -> None:
    """warm_up for cleaning alone."""
    page = b'{"url":"https://warm-up.invalid/","content_type":"%s","content":"%s"}'
    english, german = _ENGLISH.encode(), _GERMAN.encode()
    pages = (b"text/plain", english), (b"text/html", b"<html><body><p>" + english), (b"text/plain", german)
    for kind, content in pages:
        _must_work(CLEAN, page % (kind, content))


def warm_up_tagging() -> None:
    """warm_up for tagging, with whatever finder of names, and for de-duplication."""
    warm_up_fingerprints()
    use_knowledge(_made_up_knowledge())
    try:
        for language, text in (("en", _ENGLISH), ("de", _GERMAN)):
            article = CleanedArticle(
                id="0" * 32,
                url="https://warm-up.invalid/",
                canonical_url="https://warm-up.invalid/",
                received_at=_WARM_UP_AT,
                language=Language(language, 1.0),
                headline=text[:80],
                text=text,
                content_hash="0" * 32,
                completeness=Completeness.FULL,
                confidence=1.0,
            )
            _must_work(TAG, contract.encode(article))
    finally:
        use_knowledge(None)


def warm_up_fingerprints() -> None:
    """warm_up for de-duplication."""
    from streams.dedup import self_test

    self_test()


def _must_work(step: Step, value: bytes) -> None:
    out = run(step, Record(value, _WARM_UP_AT))
    if isinstance(out, Failed):
        raise RuntimeError(f"the stages do not work on this machine: {out.detail}")


def _made_up_knowledge() -> "Knowledge":
    """A pack that knows the warm-up's people, so that the kernels of linking are compiled too."""
    from streams.tagging.knowledge import read_pack
    from streams.tagging.packing import Packing

    packing = Packing()
    packing.add(b'{"id": "warm-up", "type": "person", "names": ["John Smith"], "about": ["Acme Corp"]}', 1)
    return read_pack(memoryview(b"".join(packing.pack())), verify=True)
