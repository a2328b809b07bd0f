# ruff: noqa: E501 -- a pattern reads best whole
"""Credit lines: who took the picture, which agency sent the words."""

import re

MAX_CREDIT = 120  # characters

AGENCY = (
    r"(?:AFP|AP(?: Photo)?|PA(?: Wire| Archive| Media| Images)?|EPA(?:-EFE)?|EFE|ANSA|DPA|dpa|TASS|Xinhua|Getty(?: Images)?|Reuters|REUTERS"
    r"|Rex(?: Features)?|Shutterstock|Alamy|iStock(?:photo)?|AAP|Bloomberg|Press Association|Associated Press|Zuma(?: Press)?|SIPA|WireImage|FilmMagic"
    r"|Handout|Supplied|Unsplash|Pixabay|Flickr|SWNS|Splash(?: News)?|Barcroft(?: Media)?|Corbis|NurPhoto|JIJI|Kyodo|Yonhap|Imago|IMAGO|Action Images"
    r"|USA TODAY Sports|POOL|Pool|UPI|Tribune News Service|Sputnik|Maxar(?: Technologies)?|NASA|Anadolu(?: Agency)?|PTI|ANI|IANS|LaPresse|Keystone|KEYSTONE"
    r"|APA|ANP|TT|NTB|Ritzau|Lusa|PAP|CTK|MTI|Belga|Canadian Press|Wikimedia(?: Commons)?|Polaris|Redux|Magnum|ZUMA|Newscom|AFP-JIJI|CQ Roll Call)"
)
# A photographer: up to five capitalised words.
_PERSON = r"(?:[^\W\d_a-z][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,4})"
_LABEL = (
    r"(?:(?:file |stock |main |lead )?(?:picture|photo(?:graph)?|image|pic|photo credit|image credit|image source|credit|illustration|composite|source|graphic|video"
    r"|foto|bild|fotos?|crédit(?:o)?|crédit photo|imagen|immagine|quelle|fuente|afbeelding|beeld)s?)"
)
_SEPARATED = rf"{AGENCY}(?:\s?(?:/|via|,|and|-|–|—|\||&|for)\s?(?:{AGENCY}|{_PERSON})){{0,4}}"
_AGENCIES = (
    rf"(?:{_PERSON}\s?(?:/|,|–|—|-|\||via|for)\s?){{0,2}}{_SEPARATED}(?: (?:file photo|archive|\d{{4}}))?"
)

_NAMED = re.compile(
    rf"[\[(]?\s?(?:(?i:{_LABEL})\s?(?:[:©-]|by|courtesy of|from|via)?\s?)?(?:©\s?)?(?P<who>{_AGENCIES})\s?[\])]?\.?"
)
_LABELLED = re.compile(
    rf"[\[(]?\s?(?i:{_LABEL}\s?(?:[:©]|by\b|courtesy(?: of)?\b)|©)\s?:?\s?(?P<who>[^()\[\]]{{2,90}}?)\s?[\])]?\.?"
)
_BRACKETED = re.compile(rf"[\[(]\s?(?i:{_LABEL}\b)[^()\[\]]{{0,90}}[\])]\.?")
_COPYRIGHT = re.compile(r"©\s?(?:\d|copyright)|\brights reserved", re.IGNORECASE)
_TAIL = re.compile(rf"\s*[\[(]\s?(?:(?i:{_LABEL})\s?(?:[:©-]|by)?\s?)?(?P<who>{_AGENCIES})\s?[\])]\.?$")
_TAIL_LABELLED = re.compile(
    rf"\s[\[(]\s?(?i:{_LABEL}\s?(?:[:©]|by\b|courtesy(?: of)?\b))\s?(?P<who>[^()\[\]]{{2,80}})[\])]\.?$"
)


def credit_in(line: str) -> str | None:
    """Who is credited by a line that is nothing but a credit: "(Picture: AFP via Getty Images)"; else None."""
    if len(line) > MAX_CREDIT or _COPYRIGHT.search(line):
        return None
    match = _NAMED.fullmatch(line) or _LABELLED.fullmatch(line)
    if match is not None:
        return match["who"].strip(" :-–—/,")
    return line.strip("[]().") if _BRACKETED.fullmatch(line) else None


def trailing_credit(line: str) -> str | None:
    """Who is credited at the end of a line that says more: the line is a caption."""
    tail = line[-MAX_CREDIT:]
    match = _TAIL.search(tail) or _TAIL_LABELLED.search(tail)
    return match["who"].strip() if match else None
