"""Sentences of a cut text, one by one."""

from streams.compiled import compiled
from streams.tagging.cut import NEWLINE, Tokens


@compiled
def sentence_end(tokens: Tokens, first: int) -> int:
    """The token after the last word of the sentence that begins at `first`; `first` itself at a break."""
    end = first
    while end < len(tokens.keys) and not tokens.marks[end] & NEWLINE:
        if tokens.sentences[end] != tokens.sentences[first]:
            break
        end += 1
    return end
