"""What a reader sees of wiki markup. Runs where mwparserfromhell is installed."""

import pytest

pytest.importorskip("mwparserfromhell")

from training.wiki_text import articles, paragraphs

TAIL = " was a harbour town on the northern coast for three hundred years."


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("'''Old Port''', or ''Portus''," + TAIL, "Old Port, or Portus," + TAIL),
        ("The [[port of Hale|port]] of [[Hale]]" + TAIL, "The port of Hale" + TAIL),
        ("It<ref name=a>{{cite web|url=x}}</ref><ref name=b />" + TAIL, "It" + TAIL),
        ("[[File:A.jpg|thumb|A [[ship]] of it.]]It" + TAIL, "It" + TAIL),
        ("Hale (pronounced; {{IPAc-en|h}})" + TAIL, "Hale (pronounced)" + TAIL),
        ("Hale ({{lang-la|Portus}}; {{respell|HAYL}})" + TAIL, "Hale" + TAIL),
        (
            "It, {{convert|5|km|mi}} off, or {{convert|3|to|4|mi}}," + TAIL,
            "It, 5 km off, or 3 to 4 mi," + TAIL,
        ),
        ("The {{lang|la|Portus}}&nbsp;of it" + TAIL, "The Portus of it" + TAIL),
    ],
)
def test_a_paragraph_reads_as_on_the_page(markup: str, seen: str) -> None:
    assert paragraphs(markup) == [seen]


@pytest.mark.parametrize(
    "markup",
    [
        "== Hale ==",
        "* Hale" + TAIL,
        ": Hale" + TAIL,
        '{| class="wikitable"\n| Hale' + TAIL + "\n|}",
        "{{Infobox|name=Hale" + TAIL + "}}",
        "Where <math>x^2</math> is" + TAIL,
        "Where {{val|6.2|e=18}} is" + TAIL,
        "Hale</ref>" + TAIL,
        "== References ==\nHale" + TAIL,
    ],
)
def test_what_is_no_whole_sentence_is_left_out(markup: str) -> None:
    assert paragraphs(f"{markup}\n") == []


def test_redirects_and_talk_are_no_articles() -> None:
    page = "<page><title>{}</title><ns>{}</ns>{}<revision><text>It.</text></revision></page>"
    pages = (
        page.format("Hale", 0, "") + page.format("Hael", 0, "<redirect/>") + page.format("Talk:Hale", 1, "")
    )
    dump = f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/">{pages}</mediawiki>'
    assert list(articles(dump.encode())) == [("Hale", "It.")]
