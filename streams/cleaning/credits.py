# ruff: noqa: E501 -- a pattern reads best whole
"""Credit lines: who took the picture, which agency sent the words."""

import re

MAX_CREDIT = 120  # characters
CREDIT_ENDS = (")", "]", ").", "].")  # of a line that says more than its credit

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

# Of which a line has at least one where an agency is named; most lines have none.
_WORD = re.compile(r"\w+")
_AGENCY_WORDS = frozenset({*_WORD.findall(AGENCY.replace("?:", " ")), "iStockphoto"})
# Letters that begin a line's agency, by the first: to look through a line so costs half of taking its words.
_MAY_NAME_AGENCY = re.compile(
    "|".join(
        rf"{first}(?:{'|'.join(sorted(word[1:] for word in _AGENCY_WORDS if word[0] == first))})"
        for first in sorted({word[0] for word in _AGENCY_WORDS})
    )
)
_NAMED = re.compile(
    rf"[\[(]?\s?(?:(?i:{_LABEL})\s?(?:[:©-]|by|courtesy of|from|via)?\s?)?(?:©\s?)?(?P<who>{_AGENCIES})\s?[\])]?\.?"
)
_LABELLED = re.compile(
    rf"[\[(]?\s?(?i:{_LABEL}\s?(?:[:©]|by\b|courtesy(?: of)?\b)|©)\s?:?\s?(?P<who>[^()\[\]]{{2,90}}?)\s?[\])]?\.?"
)
_BRACKETED = re.compile(rf"[\[(]\s?(?i:{_LABEL}\b)[^()\[\]]{{0,90}}[\])]\.?")
_COPYRIGHT = re.compile(r"©\s?(?:\d|copyright)|\brights reserved", re.IGNORECASE)
# "Source: a man who asked not to be named told the court ..." credits nobody.
_SENTENCE = re.compile(r"[^\W\d_](?:\S* ){7,}\S*")
_TAIL = re.compile(rf"\s*[\[(]\s?(?:(?i:{_LABEL})\s?(?:[:©-]|by)?\s?)?(?P<who>{_AGENCIES})\s?[\])]\.?$")
_TAIL_LABELLED = re.compile(
    rf"\s[\[(]\s?(?i:{_LABEL}\s?(?:[:©]|by\b|courtesy(?: of)?\b))\s?(?P<who>[^()\[\]]{{2,80}})[\])]\.?$"
)

# Bylines name agencies in full and in any case, with a desk or a place behind; "via" names the one that sent it.
_AGENCY_NAME = re.compile(
    r"(?:The |the )?(?P<agency>(?i:AFP|dpa|EFE|ANSA|Reuters|Associated Press|Press Association|PA Media|Canadian Press|Australian Associated Press|Agence France[- ]Presse"
    r"|Deutsche Presse[- ]Agentur|Agencia EFE|Europa Press|Agenzia ANSA|Agência Lusa|Agencja PAP|Austria Presse Agentur|Keystone-SDA|Bloomberg(?: News)?|Xinhua(?: News Agency)?"
    r"|Anadolu(?: Agency| Ajansı)?|Kyodo(?: News)?|Jiji(?: Press)?|Yonhap(?: News(?: Agency)?)?|Press Trust of India|Tribune News Service|United Press International|Interfax|Tass"
    r"|Ritzaus?(?: Bureau)?|Belga|AdnKronos|Adnkronos|LaPresse|Bernama)|AP|PA|AAP|APA|ANP|ANI|IANS|PTI|UPI|SID|SDA|sda|sid|epd|KNA|ATS|ats|NTB|ntb|TT|STT|STA|BTA|ČTK|CTK|TASR|SITA"
    r"|PAP|MTI|BNS|ELTA|LETA|HINA|TANJUG|ANTARA|İHA|DHA|AA|ТАСС|РИА Новости|Интерфакс|Укринформ|Укрінформ|УНІАН|新华社|新華社|中央社|共同|共同通信|時事通信|連合ニュース|연합뉴스|뉴시스|뉴스1|رويترز|أ ف ب|أ\.ف\.ب|وكالات|ΑΠΕ-ΜΠΕ)"
    r"(?:\s?/[^,;]{0,25}|, [^,;]{2,25}| (?:Staff|Wire|News|Agency|Deutschland|France|English|International|Archiv|Archives))?"
)


def credit_in(line: str) -> str | None:
    """Who is credited by a line that is nothing but a credit: "(Picture: AFP via Getty Images)"; else None."""
    if len(line) > MAX_CREDIT:
        return None
    match = _LABELLED.fullmatch(line)
    if match is not None and _SENTENCE.fullmatch(match["who"]):
        return None
    if match is None and _names_agency(line):
        match = _NAMED.fullmatch(line)
    if match is None and not (line[0] in "[(" and _BRACKETED.fullmatch(line)):
        return None
    if _COPYRIGHT.search(line):
        return None
    return match["who"].strip(" :-–—/,") if match else line.strip("[]().")


def _names_agency(line: str) -> bool:
    may = _MAY_NAME_AGENCY.search(line) is not None
    return may and not _AGENCY_WORDS.isdisjoint(_WORD.findall(line))


def trailing_credit(line: str) -> str | None:
    """Who is credited at the end of a line that says more: the line is a caption."""
    if not line.endswith(CREDIT_ENDS):
        return None
    tail = line[-MAX_CREDIT:]
    match = _TAIL.search(tail) or _TAIL_LABELLED.search(tail)
    return match["who"].strip() if match else None


def agency_in(name: str) -> str | None:
    """The agency that a byline or author field names instead of a person ("The Associated Press", "dpa/lno",
    "AFP, MANILA"); None for anyone else.
    """
    match = _AGENCY_NAME.fullmatch(name.strip(" .,"))
    return match["agency"] if match else None
