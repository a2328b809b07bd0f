# ruff: noqa: E501 -- sample texts and pages read best whole
"""Invented pages: an article with all that surrounds one, and pages that are none."""

from tests.cleaning.languages import BODIES, MENUS

HEADLINE = "Glass works at Fernhill to light its second furnace in May"
STANDFIRST = "Sixty people will be hired in the valley, and apprentices may apply until the end of the year."
LEAD = (
    "The glass works at Fernhill will light its second furnace in May, four years after the first was relit, the owners said on Tuesday in the canteen where the old workforce had been sent home.",
    "About sixty people are to be hired, most of them from the valley, and a school for apprentices will open in the former packing hall beside the railway line.",
    "“Nobody here believed that there would ever be a second furnace,” said Maud Ellery, who has blown lamps at the works for thirty years and now teaches the young.",
)
SUBHEAD = "What the valley expects of the works"
REST = (
    "The council has promised to widen the road to the quarry, which lorries now share with the school bus, before the first sand is delivered in the spring.",
    "Not everyone is pleased. In Lower Fernhill, where the wind carries the smoke, forty households have asked the county for new measurements of the air.",
    "The owners answered that filters worth two million crowns had been ordered from Holland, and that the figures would be shown on a board at the gate every day.",
    "A decision on the permit is due in March, when the county’s engineers will have heard both sides and visited the works for the last time.",
)
ITEMS = (
    "Applications for the school are taken at the gate on Mondays until noon.",
    "The road to the quarry will be closed for six nights in February.",
    "Measurements of the air are to be read out at every council meeting.",
)
ROWS = (("Year", "Lamps made", "People"), ("2024", "41,000", "88"), ("2026", "67,500", "131"))
BODY = (*LEAD, SUBHEAD, *REST[:2], *ITEMS, *REST[2:])
CAPTION = "Maud Ellery at the first furnace of the Fernhill glass works last autumn. Photograph: Ina Rusk"
COMMENTS = (
    "My grandfather worked there for forty years and would have been proud to see the smoke rise again.",
    "Nobody asks those of us who hang out their washing below the chimney, and nobody ever has.",
    "I bought one of their lamps in 1981 and it still hangs over the kitchen table, unbroken.",
)
RELATED = ("Quarry road to be widened before the spring", "Apprentices wanted: five trades that lack hands")
TEASERS = (
    (
        "Weir at Hollin repaired",
        "After two winters of leaks the weir holds again, and the miller has his water back.",
    ),
    (
        "Choir to sing on the viaduct",
        "Eighty voices will greet the first train of the summer timetable from above.",
    ),
    (
        "Cheese market moves indoors",
        "The traders had asked for a roof since the storms of last October took their awnings.",
    ),
)
CONSENT = "We and our 214 partners use cookies to store and read information on your device. You can change your mind at any time."
NEWSLETTER = (
    "The valley in your inbox: every Friday the five stories that people talked about, free of charge."
)
FOOTER = "© 2026 The Valley Courier. All rights reserved. Registered office: 4 Weir Lane, Fernhill."
MENU = ("Home", "Valley", "Business", "Sport", "Culture", "Weather", "Obituaries")
FURNITURE = (
    CAPTION,
    *COMMENTS,
    *RELATED,
    *(text for teaser in TEASERS for text in teaser),
    CONSENT,
    NEWSLETTER,
    FOOTER,
    *MENU,
)


def _links(names: tuple[str, ...]) -> str:
    return "".join(f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(names))


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


_HEAD = f"""<title>{HEADLINE} | The Valley Courier</title>
<link rel="canonical" href="https://courier.example/business/glass-works-second-furnace">
<meta property="og:type" content="article"><meta property="og:site_name" content="The Valley Courier">
<meta property="og:title" content="{HEADLINE}"><meta name="description" content="{STANDFIRST}">
<meta property="article:published_time" content="2026-11-17T08:00:00Z">"""
_TEASERS = "".join(
    f'<div class="teaser card"><a href="/t{i}"><img src="t.jpg" alt=""><h3>{title}</h3></a><p>{text}</p></div>'
    for i, (title, text) in enumerate(TEASERS)
)
URL = "https://courier.example/business/glass-works-second-furnace"
ARTICLE = f"""<!doctype html><html lang="en"><head>{_HEAD}</head><body>
<div id="cookie-banner" class="cookie-consent" role="dialog"><p>{CONSENT}</p><button>Accept</button></div>
<header class="site-header"><a href="/"><img src="logo.svg" alt="The Valley Courier"></a><nav><ul>{_links(MENU)}</ul></nav></header>
<main><article class="story">
<h1>{HEADLINE}</h1><p class="standfirst">{STANDFIRST}</p>
<div class="byline">By <a href="/author/nora-quill" rel="author">Nora Quill</a></div><time datetime="2026-11-17T08:00:00Z">17 November 2026</time>
<figure><img src="furnace.jpg" alt=""><figcaption>{CAPTION}</figcaption></figure>
<div class="article-body">{_paragraphs(LEAD)}
<div class="newsletter-signup"><h4>Stay in touch</h4><p>{NEWSLETTER}</p><form><input type="email"><button>Sign up</button></form></div>
<h2>{SUBHEAD}</h2>{_paragraphs(REST[:2])}
<aside class="related"><h4>Read more</h4><ul>{_links(RELATED)}</ul></aside>
<ul>{"".join(f"<li>{item}</li>" for item in ITEMS)}</ul>{_paragraphs(REST[2:])}</div></article>
<section id="comments" class="comments"><h2>3 comments</h2>{"".join(f'<div class="comment"><b>reader{i}</b><p>{c}</p></div>' for i, c in enumerate(COMMENTS))}</section>
<section class="most-read"><h2>More stories</h2>{_TEASERS}</section></main>
<footer class="site-footer"><p>{FOOTER}</p><ul>{_links(("Imprint", "Privacy", "Contact"))}</ul></footer></body></html>"""

TEXTS = {
    **BODIES,
    "zh": (
        "港务局周五表示，连接旧港与沼泽角的渡轮已恢复运营，这是十一年来首次搭载乘客过河，首班船于早上七点准时开出。",
        "大约两百人在雨中排队等候，其中一些人天亮之前就已经到了，消防队的乐队整个上午都在码头上为他们演奏。",
        "曾经负责售票处的女士说：“我们从来不相信他们会把最后一条船卖掉。”她向岸边聚集的人们挥手告别。",
        "镇议会将于三月决定这条航线冬季是否继续运营，以及单程票价应该定为多少，届时居民也可以到场发表意见。",
    ),
}
MENU_OF = {**MENUS, "zh": ("首页", "政治", "经济", "文化", "天气", "体育", "科学", "视频")}
HEADLINES = {
    "de": "Die Fähre fährt wieder über den Fluss",
    "fr": "Le bac reprend du service après onze ans",
    "ru": "Паром снова ходит через реку",
    "ar": "العبّارة تعود إلى النهر بعد أحد عشر عاما",
    "ja": "旧港の渡し船、十一年ぶりに再開",
    "hi": "नदी पर नौका सेवा ग्यारह साल बाद फिर शुरू",
    "zh": "旧港渡轮时隔十一年恢复运营",
}


def news_page(language: str) -> str:
    """An article without a telling class name, in the language, with menus above and below."""
    menu, texts = _links(MENU_OF[language]), TEXTS[language]
    return (
        f'<!doctype html><html lang="{language}"><head><title>{HEADLINES[language]}</title><meta property="og:type" content="article"></head>'
        f'<body><div class="top"><ul>{menu}</ul></div><div class="wrap"><div class="left"><h1>{HEADLINES[language]}</h1>'
        f'<time datetime="2026-11-20T09:00:00Z">20.11.2026</time>{_paragraphs(texts)}</div>'
        f'<div class="right"><ul>{menu}</ul></div></div><div class="bottom"><ul>{menu}</ul></div></body></html>'
    )


_CITIES = (
    "Oldhaven",
    "Marsh Point",
    "Fernhill",
    "Hollin",
    "Grey Point",
    "Weirside",
    "Quarry Top",
    "Lower Fernhill",
    "Saltby",
    "Millbrook",
)
SHOP = (
    '<!doctype html><html lang="en"><head><title>Lamps and lanterns | Buy glass online | Fernhill Shop</title>'
    '<meta property="og:type" content="website"><meta name="description" content="All our lamps at a glance."></head>'
    f'<body class="archive category"><nav><ul>{_links(("Lamps", "Vases", "Gifts", "Sale", "Basket"))}</ul></nav><main><h1>Lamps and lanterns</h1>'
    '<form class="filter"><input name="min"><input name="max"><select><option>Price</option></select></form><ul class="products grid">'
    + "".join(
        f'<li class="product card"><a href="/p/{i}"><img src="{i}.jpg" alt=""><h3>Table lamp {city}, hand blown</h3></a>'
        f"<p>Clear glass with a brass foot, {20 + i} cm high, with two metres of cable. Dispatched within three days.</p>"
        f'<span class="price">€{39 + 5 * i}.00</span><button class="cart">Add to basket</button></li>'
        for i, city in enumerate(_CITIES)
    )
    + f'</ul></main><footer class="footer"><ul>{_links(("Delivery", "Returns", "Terms"))}</ul></footer></body></html>'
)
FORUM = (
    '<!doctype html><html lang="en"><head><title>Repairs and restoration - Lamp Collectors Forum - Index</title>'
    '<meta property="og:type" content="website"></head>'
    f'<body class="forum"><ul class="menu">{_links(("Forum", "Members", "Search", "Log in", "Register"))}</ul><h1>Repairs and restoration</h1><div class="topics listing">'
    + "".join(
        f'<div class="topic row"><a href="/viewtopic.php?t={i}">How do I get the old paint off a lamp from {city}?</a><span class="author">collector{i}</span>'
        f'<span class="replies">{3 * i} replies</span><span class="views">{50 * i} views</span><p>Last post by collector{i + 1}: I tried vinegar, and it did not help at all.</p></div>'
        for i, city in enumerate(_CITIES)
    )
    + "</div></body></html>"
)
HOME = (
    '<!doctype html><html lang="en"><head><title>The Valley Courier - News from the valley</title><meta property="og:type" content="website"></head>'
    f'<body class="home"><header><nav><ul>{_links(MENU)}</ul></nav></header><main>'
    + "".join(
        f'<article class="card"><a href="/{i}"><img src="{i}.jpg" alt=""><h2>{city}: {title}</h2></a><p>{text}</p><time>{i} hours ago</time></article>'
        for i, (city, (title, text)) in enumerate(zip(_CITIES, TEASERS * 4, strict=False))
    )
    + f"</main><footer><p>{FOOTER}</p></footer></body></html>"
)
OTHERS = {
    "shop": (SHOP, "https://shop.example/category/lamps?page=2"),
    "forum": (FORUM, "https://lamps.example/viewforum.php?f=12"),
    "home": (HOME, "https://courier.example/"),
}
