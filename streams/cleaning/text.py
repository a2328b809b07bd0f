"""The form of all text that leaves the stage: normal forms, lines, counts and cuts."""

import re
import unicodedata

CHARACTERS_PER_WORD = 2  # letters of scripts that put no spaces between words, counted as one word

_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
# Zero-width space, word joiner, BOM, soft hyphen, bidi controls. ZWJ and ZWNJ spell words: they stay.
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x2060, 0xFEFF, 0xAD, 0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SPACES = dict.fromkeys([0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_BREAKS = {0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n\n"}
_TABLE: dict[int, str | None] = {**_CONTROLS, **_INVISIBLE, **_SPACES, **_BREAKS}
_CLASS = "".join(f"\\U{code:08x}" for code in sorted(_TABLE))
# A translate of every text costs 366 us, behind this test 26 us (measured).
_NEEDS_TABLE = re.compile(f"[{_CLASS}]")

_RUN_TOGETHER = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
# Hard-wrapped lines: mail and wire formats break at 55 to 100 characters.
_WRAPPED = range(55, 101)
_WRAPPED_SPREAD = 25  # characters between a block's longest line and any other but its last
_SENTENCE_END = re.compile(r"[.!?…。！？।॥؟۔።:;][\"'”’»)\]」』“]*$")


def normalise(text: str) -> str:
    """NFC without control, zero-width and bidi characters; every line break is "\\n", every space U+0020.

    Idempotent. Curly quotes, ZWJ and ZWNJ stay.
    """
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if _NEEDS_TABLE.search(text):
        text = text.translate(_TABLE)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Normalised, with every run of white space one space."""
    return " ".join(normalise(text).split())


def unwrap(text: str) -> str:
    """Join hard-wrapped paragraphs: blocks of three or more lines of nearly the same length."""
    blocks = text.split("\n\n")
    return "\n\n".join(_unwrap_block(block) for block in blocks)


def word_count(text: str) -> int:
    """Words, with CHARACTERS_PER_WORD letters as one where a script puts no spaces between words."""
    if text.isascii():
        return len(text.split())
    joined = len(_RUN_TOGETHER.findall(text))
    if not joined:
        return len(text.split())
    return joined // CHARACTERS_PER_WORD + len(_RUN_TOGETHER.sub(" ", text).split())


def ends_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, in any script; closing quotes and brackets are looked through."""
    return _SENTENCE_END.search(line[-8:]) is not None


def cut(text: str, size: int) -> str:
    """The longest beginning of whole characters within `size` bytes of UTF-8."""
    if len(text) * 4 <= size:
        return text
    data = text.encode()
    return text if len(data) <= size else data[:size].decode(errors="ignore")


def _unwrap_block(block: str) -> str:
    lines = [line.strip() for line in block.strip("\n").split("\n")]
    *full, last = lines
    if len(full) < 2 or not all(len(line) in _WRAPPED for line in full) or len(last) > _WRAPPED[-1]:
        return block
    longest = max(map(len, full))
    if any(longest - len(line) > _WRAPPED_SPREAD for line in full):
        return block
    # a list of teasers or verses ends its sentences with its lines
    if sum(map(ends_sentence, full)) * 2 >= len(full):
        return block
    return " ".join(lines)
