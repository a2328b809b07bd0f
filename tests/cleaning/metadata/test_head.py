"""What stands in a page's tags for machines."""

from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.metadata.head import MAX_NAME, _kept, read_head


def _wanted(name: str) -> bool:
    return name.startswith("author")


def test_of_a_tags_name_no_more_is_remembered_than_is_read() -> None:
    """A page may have 2,000 of them, of any length."""
    names = [f"author{'x' * MAX_NAME}{number}" for number in range(20)]
    tags = "".join(f"<meta name='{name}' content='Anna Keller'>" for name in names)
    before = _kept.cache_info().currsize
    head = read_head(LexborHTMLParser(f"<html><head>{tags}</head></html>"), _wanted)
    assert list(head.meta) == [names[0][:MAX_NAME]]
    assert _kept.cache_info().currsize == before + 1
