"""What names a currency, and the ISO 4217 code where it names one currency and no other."""


def _table(*rows: str) -> dict[str, str]:
    """Name to code, from rows of a code and its names: "EUR: €, euro"."""
    return {name: row.split(": ")[0] for row in rows for name in row.split(": ")[1].split(", ")}


CODES = [
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "CNY",
    "AUD",
    "CAD",
    "CHF",
    "INR",
    "NZD",
    "HKD",
    "SGD",
    "SEK",
    "NOK",
    "DKK",
    "ZAR",
    "BRL",
    "MXN",
    "RUB",
    "TRY",
    "KRW",
    "THB",
    "MYR",
    "IDR",
    "PHP",
    "VND",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "UAH",
    "ILS",
    "SAR",
    "AED",
    "QAR",
    "KWD",
    "EGP",
    "NGN",
    "KES",
    "GHS",
    "UGX",
    "TZS",
    "ETB",
    "PKR",
    "BDT",
    "LKR",
    "NPR",
    "ARS",
    "CLP",
    "COP",
    "TWD",
]
SIGNS = _table(
    "USD: US$, US $, U.S.$, USD$",
    "AUD: A$, AU$, AUD$, Aus$",
    "CAD: C$, CA$, CAD$, Cdn$",
    "NZD: NZ$",
    "HKD: HK$",
    "SGD: S$, SG$",
    "TWD: NT$",
    "BRL: R$",
    "MXN: MX$, Mex$",
    "JMD: J$",
    "TTD: TT$",
    "FJD: FJ$",
    "BBD: BDS$",
    "EUR: €",
    "GBP: £",
    "INR: ₹",
    "RUB: ₽",
    "KRW: ₩",
    "NGN: ₦",
    "TRY: ₺",
    "UAH: ₴",
    "ILS: ₪",
    "PHP: ₱, Php",
    "THB: ฿",
    "VND: ₫",
    "KZT: ₸",
    "GHS: GH¢, GH₵, GH₵",
    "KES: KSh, Ksh, KES",
    "MYR: RM",
    "BDT: Tk",
) | {code: code for code in CODES}
UNCERTAIN_SIGNS = frozenset(("$", "¥", "Rs", "Rs."))
"""Money of several countries: "$" is twenty's, "¥" Japan's and China's, "Rs" India's and four others'."""
SIGNS_WITH_SCALE = {"R": "ZAR", "N": "NGN", "P": "PHP"}
"""Money only before millions and the like ("R500 million"): R500 is a road."""
NAMES = _table(
    "EUR: euro",
    "JPY: yen",
    "CNY: yuan, renminbi",
    "NGN: naira",
    "THB: baht",
    "MYR: ringgit",
    "PLN: zloty, zlotys",
    "RUB: ruble, rouble",
    "ILS: shekel",
    "UAH: hryvnia",
    "IDR: rupiah",
    "BDT: taka",
    "ETB: birr",
    "GHS: cedi",
    "HUF: forint",
    "BTC: bitcoin",
) | {code: code for code in CODES}
UNCERTAIN_NAMES = frozenset(
    [
        "dollar",
        "rupee",
        "peso",
        "franc",
        "lira",
        "dinar",
        "dirham",
        "riyal",
        "rial",
        "krona",
        "krone",
        "shilling",
    ]
)
NAMES_WITH_SCALE = {"rand": "ZAR", "won": "KRW", "reais": "BRL", "dong": "VND", "pound": None, "quid": "GBP"}
"""Names that are other words too, or of weight: money only after millions and the like."""
PLURALS = {"kronor": "krona", "kroner": "krone", "quid": "quid"}
NATIONAL = {
    tuple(names.split("/")): codes
    for names, codes in (
        (
            "dollar/cent",
            (
                "US USD, U.S. USD, American USD, Australian AUD, Canadian CAD, Singapore SGD, Taiwan TWD, "
                "Jamaican JMD, Kong HKD, Zealand NZD"
            ),
        ),
        ("pound", "British GBP, Egyptian EGP, Lebanese LBP, Syrian SYP, Sudanese SDG"),
        ("franc", "Swiss CHF, Congolese CDF, Rwandan RWF"),
        ("peso", "Mexican MXN, Philippine PHP, Argentine ARS, Chilean CLP, Colombian COP, Cuban CUP"),
        ("rupee", "Indian INR, Pakistani PKR, Nepali NPR"),
        ("krona/krone/kronor/kroner", "Swedish SEK, Norwegian NOK, Danish DKK, Icelandic ISK"),
        ("crown/koruna", "Czech CZK, Swedish SEK, Norwegian NOK, Danish DKK"),
        ("lira", "Turkish TRY"),
        ("rand", "African ZAR"),
        ("won", "Korean KRW"),
        ("real", "Brazilian BRL"),
        ("riyal/rial", "Saudi SAR, Qatari QAR, Iranian IRR, Omani OMR, Yemeni YER"),
        ("dinar", "Kuwaiti KWD, Iraqi IQD, Jordanian JOD, Serbian RSD, Libyan LYD, Algerian DZD"),
        ("dirham", "UAE AED, Emirati AED, Moroccan MAD"),
        ("shilling", "Kenyan KES, Ugandan UGX, Tanzanian TZS, Somali SOS"),
        ("ruble/rouble", "Russian RUB, Belarusian BYN"),
        ("dong", "Vietnamese VND"),
        ("hryvnia", "Ukrainian UAH"),
    )
}
BY_COUNTRY = {
    (pair.split()[0], name): pair.split()[1]
    for names, codes in NATIONAL.items()
    for pair in codes.split(", ")
    for name in names
}
"""("Australian", "dollar") to AUD."""
