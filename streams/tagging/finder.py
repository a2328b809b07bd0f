"""The first form of finding: capitalised runs, cut where a name cannot go on, typed by phrases.py.

Another finder (a learned one) replaces `find`: Document in, spans out; the rules that follow stay the same.
"""

from streams.tagging.evidence import Scene
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import NAME_ABBREVIATIONS, OF_HEADS, ORG_HEADS, PARTICLES, SUBJECTS
from streams.tagging.phrases import name_phrase
from streams.tagging.spans import Span, without_overlaps
from streams.tagging.tokens import Document

LONGEST_NAME = 12
"""Tokens. Longer runs of capitals are shouting or lists, cut here so that no phrase costs more than this."""


def find(document: Document, gazetteer: Gazetteer) -> list[Span]:
    """Spans of names in text order, without overlaps."""
    scene = Scene(document, gazetteer, _known(document, gazetteer))
    spans: list[Span] = []
    here, size = 0, len(document.words)
    while here < size:
        if here not in scene.known and not _capital(document.words[here]):
            here += 1
            continue
        end = _segment_end(scene, here)
        spans += name_phrase(scene, here, end)
        here = end
    return without_overlaps(spans)


def _known(document: Document, gazetteer: Gazetteer) -> dict[int, int]:
    """First token to end token of every gazetteer hit that begins and ends where tokens do."""
    first = {start: token for token, start in enumerate(document.starts)}
    after = {end: token + 1 for token, end in enumerate(document.ends)}
    found: dict[int, int] = {}
    for hit in gazetteer.hits(document.text):
        begin, end = first.get(hit.start), after.get(hit.end)
        if begin is not None and end is not None and end - begin <= LONGEST_NAME:
            found[begin] = end
    return found


def _segment_end(scene: Scene, first: int) -> int:
    """The token after the run of capitalised words, known names and their links that begins at `first`."""
    size = len(scene.document.words)
    end = scene.known.get(first, first + 1)
    while end < size and end - first < LONGEST_NAME:
        longer = _link(scene, first, end)
        if longer == end:
            break
        end = longer
    return min(end, first + LONGEST_NAME)


def _link(scene: Scene, first: int, end: int) -> int:
    """The end after one more word of the name, or `end` when the name is over."""
    document, words = scene.document, scene.document.words
    size, last = len(words), words[end - 1]
    word = words[end]
    if word == "." and document.starts[end] == document.ends[end - 1]:
        initial = len(last) == 1 or last in NAME_ABBREVIATIONS
        follows = end + 1 < size and document.spaced(end) and _capital(words[end + 1])
        return end + 2 if initial and follows else end
    if not document.spaced(end - 1):
        return end
    if _capital(word) or (end in scene.known and scene.known[end] > end + 1):
        return scene.known.get(end, end + 1)
    if end + 1 >= size or not document.spaced(end) or (not word[0].isalpha() and word != "&"):
        return end
    after = words[end + 1]
    if word in ("of", "for"):
        if last not in OF_HEADS:
            return end
        if after == "the" and end + 2 < size and document.spaced(end + 1) and _capital(words[end + 2]):
            return end + 3
        return scene.known.get(end + 1, end + 2) if _capital(after) else end
    if not _capital(after):
        return end
    if word == "and":
        ministry = last in SUBJECTS and after in SUBJECTS
        headed = ministry and (
            any(w in ("of", "for") for w in words[first:end])
            or any(w in ORG_HEADS for w in words[end + 1 : end + 4])
        )
        return end + 2 if headed else end
    if word == "&" or word in PARTICLES:
        return end + 2
    return end


def _capital(word: str) -> bool:
    return word[0].isupper() or (word[:3] in ("al-", "el-") and word[3:4].isupper())
