"""A tagged article, told to a person: the text with its names and values marked, then a table of each."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from streams.events import Entity, Failed, Mention, Rejected, TaggedArticle, Value, Withdrawal
from streams.shell.explained import tell_refusal
from streams.shell.terminal import NOTHING, console_of_output, printable, show, tell_fact
from streams.vocabulary import EntityType, LinkStatus, Support

COLOURS = {
    EntityType.PERSON: "green",
    EntityType.ORGANISATION: "magenta",
    EntityType.PLACE: "blue",
    EntityType.GROUP: "yellow",
    EntityType.EVENT: "red",
}
SUPPORTED = {
    Support.FULL: "full support",
    Support.GAZETTEER: "of this language only places that are beyond doubt",
}
GAP = 2  # spaces between a table's columns


def tell(event: TaggedArticle | Withdrawal, types: Set[EntityType]) -> None:
    """Prints it, with the entities of these types."""
    console = console_of_output()
    if isinstance(event, Withdrawal):
        show(console, Text("withdrawn: there is no text to tag", "bold"))
        return
    entities = [entity for entity in event.entities if entity.type in types]
    headline = _marked(console, event.headline or "no headline", _mentions(entities, "headline"), ())
    headline.stylize_before("bold")
    show(console, headline)
    for name, value in _facts(event):
        tell_fact(console, name, value)
    show(console, Text())
    show(console, _marked(console, event.text, _mentions(entities, "text"), event.values))
    _tell_entities(console, entities)
    _tell_values(console, event.values)


def tell_refused(outcome: Rejected | Failed, guessed: str | None) -> None:
    """Prints why there is nothing tagged; `guessed`: the url that cleaning made up."""
    tell_refusal(console_of_output(), outcome, guessed)


def _facts(event: TaggedArticle) -> Iterable[tuple[str, str | None]]:
    language, tagger = event.language, event.tagger
    yield "published", event.published_at
    yield "publisher", event.publisher.domain
    yield "language", f"{language.code}, probability {language.confidence:.2f}"
    yield "tagger", f"{tagger.name}, {SUPPORTED[tagger.support]}"
    if event.flags:
        yield "flags", ", ".join(event.flags)
    yield "made by", ", ".join(f"{name} {version}" for name, version in event.provenance.items())


Marked = tuple[Mention, EntityType]


def _mentions(entities: Iterable[Entity], where: str) -> list[Marked]:
    """The mentions of one field in text order."""
    found = [(mention, entity.type) for entity in entities for mention in entity.mentions]
    return sorted((pair for pair in found if pair[0].where == where), key=lambda pair: pair[0].start)


def _marked(console: Console, text: str, mentions: Iterable[Marked], values: Iterable[Value]) -> Text:
    """Names in their colours and values underlined, or with signs round them where there are no colours."""
    lines = "\n".join(printable(line) for line in text.split("\n"))  # as many characters as the text
    if console.color_system is None:
        return Text(_with_signs(lines, mentions, values))
    shown = Text(lines)
    for value in values:
        shown.stylize("underline", value.start, value.end)
    for mention, kind in mentions:
        shown.stylize(f"bold {COLOURS[kind]}", mention.start, mention.end)
    return shown


def _with_signs(text: str, mentions: Iterable[Marked], values: Iterable[Value]) -> str:
    """ "[Anna Keller person] gave _50 million euros_"; a value inside a name, or round it, has no signs."""
    names = [(mention.start, mention.end, "[", f" {kind}]") for mention, kind in mentions]
    free = [
        (value.start, value.end, "_", "_")
        for value in values
        if not any(start < value.end and value.start < end for start, end, *_ in names)
    ]
    marks = sorted(names + free)
    pieces = [text[: marks[0][0]] if marks else text]
    for mark, following in pairwise([*marks, (len(text), len(text), "", "")]):
        start, end, before, behind = mark
        pieces += [before, text[start:end], behind, text[end : following[0]]]
    return "".join(pieces)


def _tell_entities(console: Console, entities: list[Entity]) -> None:
    headings = ("salience", "name", "type", "link", "id", "where", "mentions")
    rows = [
        (
            Text(f"{entity.salience:.2f}"),
            Text(printable(entity.name), "bold"),
            Text(entity.type, COLOURS[entity.type]),
            Text(_link(entity)),
            Text(_ids(entity)),
            Text(_where(entity)),
            Text(_surfaces(entity)),
        )
        for entity in entities
    ]
    _tell_table(console, "entities by salience" if rows else "no entities", headings, rows)


def _tell_values(console: Console, values: Iterable[Value]) -> None:
    rows = [
        (
            Text(printable(value.text), "bold"),
            Text(value.kind),
            Text(NOTHING if value.value is None else _number(value.value)),
            Text(printable(value.unit or NOTHING)),
        )
        for value in values
    ]
    title = "values in the text's order" if rows else "no values"
    _tell_table(console, title, ("text", "kind", "value", "unit"), rows)


def _tell_table(
    console: Console, title: str, headings: Iterable[str], rows: Sequence[tuple[Text, ...]]
) -> None:
    """A line a row, all but the last column as wide as their widest cell."""
    show(console, Text(f"\n{title}", "bold"))
    if not rows:
        return
    table = [tuple(Text(heading, "cyan") for heading in headings), *rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        padding = [GAP + width - cell.cell_len for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        cells = [Text.assemble(cell, " " * spaces) for cell, spaces in zip(row, [*padding, 0], strict=True)]
        show(console, Text.assemble("  ", *cells))


def _link(entity: Entity) -> str:
    link = entity.link
    return f"{link.status}" if link.status is LinkStatus.NONE else f"{link.status} {link.confidence:.2f}"


def _ids(entity: Entity) -> str:
    """The entity's id, and those of its other ids that it does not say itself."""
    ids = (entity.ids.wikidata, entity.ids.geonames, entity.ids.iso3166)
    others = [known for known in ids if known and known != entity.id.rpartition(":")[2]]
    return printable(" ".join([entity.id, *others]))


def _where(entity: Entity) -> str:
    geo = entity.geo
    return f"{geo.country or NOTHING} {geo.lat:.2f} {geo.lon:.2f}" if geo else NOTHING


def _surfaces(entity: Entity) -> str:
    """ "Keller 3, Anna Keller 1": all that it is called, the commonest first."""
    counted = Counter(mention.text for mention in entity.mentions).most_common()
    return printable(", ".join(f"{surface} {count}" for surface, count in counted))


def _number(value: float | str) -> str:
    return printable(value) if isinstance(value, str) else f"{value:,.12g}"
