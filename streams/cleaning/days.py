# ruff: noqa: E501 -- a table reads best whole
"""Which day a line names, in the languages that news is written in."""

import re
from dataclasses import dataclass
from typing import Literal

# How a page writes a day in figures: 31/12/2026 or 12/31/2026.
Order = Literal["dmy", "mdy"]

BUDDHIST_YEARS = range(2400, 2700)  # 2567 is 2024 in Thailand
BUDDHIST_OFFSET = 543
ERAS = {"令和": 2018, "平成": 1988}  # the year before their first

# Whole words and abbreviations; with a hyphen, the beginning of a word ("janu-": January, januar, januari). Three
# letters alone would take "decisions" for December. Names that two languages use for different months
# (listopad) are the month of the one with more readers.
_NAMES = {
    1: "jan janu- janv- jän- ene ener- gen genn- gener- ian ianu- styc- sty leden ledn- siječ- saus- jaan- oca ocak- tammi- янв янва- січ- яну ιαν- ינואר يناير जनवरी জানুয়ারি มกราคม ม.ค janei- janú- јан- януа- gener ocak",
    2: "feb feb- fév févr- fev feve- lut- únor- veljač- vas- veeb- şub şuba- helmi- фев февр- февр- лют- φεβ- פברואר فبراير شباط फरवरी फ़रवरी ফেব্রুয়ারি กุมภาพันธ์ ก.พ феб-",
    3: "mar mär märz mars marc- març- marz- mart- març mrt maar- már márc- marec mars- břez- ožuj- kovo kovas maalis- martie мар март- бер берез- μαρ- μάρ- מרץ مارس آذار मार्च মার্চ มีนาคม มี.ค mart märts март maret mac",
    4: "apr apri- apra- avr avri- abr abri- kwi kwie- dub duben dubn- travn- travanj balan- nis nisa- huhti- ápr- апр апре- апри- кві- απρ- אפריל أبريل ابريل إبريل نيسان अप्रैल এপ্রিল เมษายน เม.ย aprí- aprī-",
    5: "may mayo mayı- mayis mai maio mag magg- maj maja maja- maig mei máj máj- máju kvě květ- svib- gegu- maí maijs toukok- мая май мај трав- μαΐ- μαι- μάι- מאי مايو أيار मई মে พฤษภาคม พ.ค touko-",
    6: "jun june juin juni juny juni junio junie jún- jūn- juun- giu giug- iun iuni- czer- cze červen června lipnj- lipanj birž- haz hazi- kesä- июн июн- черв- ιουν- ιούν- יוני يونيو حزيران जून জুন มิถุนายน มิ.ย junh- јун јуна јуни юни junij jún",
    7: "jul july juil juil- jule- juli juli- juli- júl- jūl- juul- lug lugl- iul iuli- lip lipc- lipi- červenc- červenec srpanj srpnj- liep- tem temm- hein- июл июл- лип- ιουλ- ιούλ- יולי يوليو تموز जुलाई জুলাই กรกฎาคม ก.ค julh- julai јул јула јули юли",
    8: "aug augu- aoû août- aout ago agos- ago- sie sierp- srp srpen srpna kolov- rugp- ağu ağus- avg avgu- elok- ágú- agu ags ogos авг авгу- серп- αυγ- αύγ- אוגוסט أغسطس اغسطس آب अगस्त আগস্ট สิงหาคม ส.ค août agus-",
    9: "sep sept sept- sete- set sett- sete- sett- wrz wrze- zář- rujn- rujan rugs- eyl eylü- syysk- szep- сен сент- вер- септ- σεπ- ספטמבר سبتمبر أيلول सितंबर सितम्बर সেপ্টেম্বর กันยายน ก.ย",
    10: "oct octob- octom- octu- okt okto- októ- out outu- ott otto- paź paźd- říj- spal- eki ekim- loka- окт октя- окто- жовт- οκτ- אוקטובר أكتوبر اكتوبر अक्टूबर अक्तूबर অক্টোবর ตุลาคม ต.ค ekim",
    11: "nov nov- lis list- stud- lapkr- kas kası- kasi- noi noie- marras- ноя нояб- ноем- лист- νοε- νοέ- נובמבר نوفمبر नवंबर नवम्बर নভেম্বর พฤศจิกายน พ.ย nóv- нове-",
    12: "dec dece- dez deze- dic dici- déc déce- gru grud- pros- prosi- gruo- detse- ara aral- des dese- dis dise- joulu- дек дека- груд- деке- δεκ- דצמבר ديسمبر दिसंबर दिसम्बर ডিসেম্বর ธันวาคม ธ.ค dice- деце-",
}  # fmt: skip
_WHOLE = {name: month for month, names in _NAMES.items() for name in names.split() if not name.endswith("-")}
_BEGINNINGS = {
    name[:-1]: month for month, names in _NAMES.items() for name in names.split() if name.endswith("-")
}
_LENGTHS = sorted({len(name) for name in _BEGINNINGS}, reverse=True)
_HEBREW_IN = "ב"  # "3 במאי": the preposition is part of the word


_WORD = r"([^\s\d,|/]{2,12}?)"
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.?º|ª|\.)?[\s-]{1,3}(?:de |of |d['’])?"
    + _WORD
    + r"[.,]?[\s-]{1,2}(?:de |del |of )?(\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?<![^\s\d,|/(])" + _WORD + r"[\s.-]{1,2}(\d{1,2})(?:st|nd|rd|th)?(?:,\s?|\s|-)(\d{4})(?!\d)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})\.?,?\s(?:m\. |gada )?" + _WORD + r"\s(?:mėn\. )?(\d{1,2})(?!\d)", re.IGNORECASE
)
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s?tháng\s?(\d{1,2})(?:,| năm)?\s?(\d{4})(?!\d)", re.IGNORECASE)
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_ERA = re.compile(r"(令和|平成)(\d{1,2}|元)年(\d{1,2})月(\d{1,2})日")
_BIG_ENDIAN = re.compile(r"(?<![\d./-])(\d{4})([./-])\s?(\d{1,2})\2\s?(\d{1,2})(?![\d/-])")
_FIGURES = re.compile(r"(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?![\d/-])")
_PATTERNS = (
    (_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy"), (_YEAR_FIRST, "ymd"), (_VIETNAMESE, "dmy"), (_CJK, "ymd"),
)  # fmt: skip
_MAY_HOLD_A_DAY = re.compile(r"\d{4}|年")  # the patterns cost 10 us a line, this test 0.3 us


@dataclass(frozen=True, slots=True)
class Found:
    """Year, month, day as written (there may be no such day), and line[start:end] that says so."""

    day: tuple[int, int, int]
    start: int
    end: int


def day_in(line: str, order: Order | None = None) -> Found | None:
    """The first day that is written with its month's name; else year first; else in figures, where these
    can be read in one way only, or `order` says how.
    """
    if _MAY_HOLD_A_DAY.search(line) is None:
        return None
    for pattern, names in _PATTERNS:
        for match in pattern.finditer(line):
            parts = dict(zip(names, match.groups(), strict=True))
            if month := int(parts["m"]) if parts["m"].isdecimal() else month_of(parts["m"]):
                return _found(match, parts["y"], month, parts["d"])
    if year_first := _BIG_ENDIAN.search(line):
        return _found(year_first, year_first[1], int(year_first[3]), year_first[4])
    if era := _ERA.search(line):
        year = ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))
        return _found(era, str(year), int(era[3]), era[4])
    return _in_figures(line, order)


def month_of(word: str) -> int | None:
    """1 to 12 for a month's name or abbreviation ("Sept.", "décembre", "мая"); None for any other word."""
    name = word.lower().strip(".,")
    if name.startswith(_HEBREW_IN):
        name = name[1:]
    if (month := _WHOLE.get(name)) is not None:
        return month
    return next((_BEGINNINGS[name[:n]] for n in _LENGTHS if len(name) >= n and name[:n] in _BEGINNINGS), None)


def _in_figures(line: str, order: Order | None) -> Found | None:
    """Points part a day that comes first; strokes and dashes do so in some countries only."""
    match = _FIGURES.search(line)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if first > 12 or second > 12 or first == second:
        order = "mdy" if second > 12 else "dmy"
    elif match[2] == "." and order is None:
        order = "dmy"
    if order is None:
        return None
    day, month = (match[1], second) if order == "dmy" else (match[3], first)
    return _found(match, match[4], month, day)


def _found(match: re.Match[str], year: str, month: int, day: str) -> Found:
    number = int(year)
    if number in BUDDHIST_YEARS:
        number -= BUDDHIST_OFFSET
    return Found((number, month, int(day)), match.start(), match.end())
