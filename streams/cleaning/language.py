"""The language of a text, by py3langid; the producer's or the page's word where the text says too little."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from streams.events import Language

SAMPLE_CHARACTERS = 600  # .992 right at 100 characters; time grows with length
SHORT_CHARACTERS = 100  # below, a hint that is given counts for more than the guess
SURE = 0.6  # probability from which the guess stands against a hint; longer news texts get .9 and more
# Below this the model knows next to nothing of the text: scripts it never learnt get .02 to .3, the oddest of
# 4,500 development articles .72.
UNKNOWN = 0.3
HINT_CONFIDENCE = 0.5  # of a language that only a hint speaks for

# Two-letter languages of the model that news is not written in, and that short or odd texts are taken for.
_NOT_IN_THE_NEWS_NAMES = "an eo jv la ln oc qu sa st vo wa"
NOT_IN_THE_NEWS = frozenset(_NOT_IN_THE_NEWS_NAMES.split())
# ISO 639-1 has one code where the model or a page has another.
_SAME = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "yue": "zh",
    "wuu": "zh",
    "arz": "ar",
    "ary": "ar",
    "pcm": "en",
}
_SAME |= {"fil": "tl", "cmn": "zh", "uzs": "uz", "sdh": "ku"}


def language_of(text: str, hint: str | None = None) -> Language | None:
    """The language (ISO 639-1) and its probability; None when neither the text nor a hint says.

    `hint` is what the producer or the page declares ("en-GB", "pt_BR"). It decides short or unclear texts
    only: pages declare their template's language more often than their text's.
    """
    declared = _iso_639_1(hint)
    code, confidence = _identifier().classify(text[:SAMPLE_CHARACTERS])
    code = _SAME.get(code, code)
    if declared is not None and code != declared and (len(text) < SHORT_CHARACTERS or confidence < SURE):
        return Language(declared, HINT_CONFIDENCE)
    if confidence < UNKNOWN or len(code) != 2:
        return None
    return Language(code, round(float(confidence), 3))


def _iso_639_1(hint: str | None) -> str | None:
    if not hint:
        return None
    code = hint.strip().replace("_", "-").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


@cache
def _identifier() -> LanguageIdentifier:
    """Our own instance (0.6 s to load): py3langid's global one can be changed by anyone in the process."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    labels = identifier.labels
    identifier.set_languages([x for x in labels if (len(x) == 2 and x not in NOT_IN_THE_NEWS) or x in _SAME])
    return identifier
