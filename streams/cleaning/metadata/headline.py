"""Which of a page's titles is the article's headline."""

import re
from collections.abc import Sequence

from streams.cleaning.names import House

MIN_HEADLINE = 8  # characters; shorter h1s are logos
SAME_TITLE_WORDS = 3  # that an h1 shares with a title at least: a logo shares the site's name
WORDY = 2.5  # times as many words as the title: an introduction, not a headline
MAX_TAILS = 4  # that are cut off one title
TAIL_WORDS = 6  # of what stands behind the last bar: site, section

_BAR = re.compile(r"\s*[|｜»‹]\s*|\s+(?:::?|•|·)\s+")
_DASH = re.compile(r"\s+[-–—]\s+")
_WORD = re.compile(r"\w+")
# Most titles hold no bar and no dash: these tests cost 0.3 us, the patterns above 3 us.
_MAY_HOLD_A_BAR = re.compile("[|｜»‹:•·]")
_MAY_HOLD_A_DASH = re.compile("[-–—]")


def choose(headings: Sequence[str], titles: Sequence[str], slug: frozenset[str], house: House) -> int | None:
    """The index of the h1 that says the same as one of the declared titles (these are often written for
    search engines), or that the URL's last segment repeats; None where no h1 does.
    """
    declared = [words for title in titles if (words := _words(without_site(title, house)))]
    best, most = None, 0.0
    for i, heading in enumerate(headings):
        if len(heading) < MIN_HEADLINE or house.names & {"".join(_WORD.findall(heading.casefold()))}:
            continue
        own = _words(heading)
        score = max((_alike(own, words) for words in declared), default=0.0)
        if not score and len(own & slug) >= SAME_TITLE_WORDS and 2 * len(own & slug) > len(slug):
            score = len(own & slug) / 100
        if score > most:
            best, most = i, score
    return best


def without_site(title: str, house: House) -> str:
    """A title without the site's and the section's name behind bars, or behind a dash if it is the site's."""
    for _ in range(MAX_TAILS):
        if _MAY_HOLD_A_BAR.search(title) is None:
            break
        parts = _BAR.split(title)
        if len(parts) < 2 or not parts[0]:
            break
        last = parts[-1]
        if len(last.split()) > TAIL_WORDS and not house.is_it(last):
            break
        cut = _cut(title, last)
        if len(cut) == len(title):
            break
        title = cut
    if _MAY_HOLD_A_DASH.search(title) is None:
        return title
    parts = _DASH.split(title)
    if len(parts) > 1 and house.is_it(parts[-1]):
        title = _cut(title, parts[-1])
    return title


def _cut(title: str, tail: str) -> str:
    return title[: len(title) - len(tail)].rstrip(" |｜»‹:•·–—-") or title


def _alike(own: set[str], words: set[str]) -> float:
    shared = len(own & words)
    least = min(len(own), len(words))
    if 2 * shared < least or shared < min(SAME_TITLE_WORDS, len(words)) or len(own) > WORDY * len(words) + 2:
        return 0.0
    return shared / max(len(own), len(words))


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title.casefold()))
