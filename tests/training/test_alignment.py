"""Labels: what of a page its gold text has."""

from training.alignment import token_shares

GOLD = "The ferry returned on Friday. Two hundred people waited in the rain to cross the river again."


def test_lines_of_the_gold_text_have_all_of_their_tokens_in_it_and_menus_none() -> None:
    lines = ["Home", "Two hundred people waited in the rain to cross the river again.", "Weather"]
    assert token_shares(lines, GOLD).tolist() == [0.0, 1.0, 0.0]


def test_spelling_of_quotes_case_and_soft_hyphens_does_not_matter() -> None:
    assert token_shares(["THE FERRY re\u00adturned — on Friday"], GOLD).tolist() == [1.0]


def test_words_that_the_gold_has_far_apart_count_little() -> None:
    (share,) = token_shares(["The people river"], GOLD).tolist()
    assert share <= 0.3


def test_a_long_line_counts_where_the_gold_has_another_order() -> None:
    first, second = (
        "The ferry returned on Friday.",
        "Two hundred people waited in the rain to cross the river again.",
    )
    assert token_shares([second, first], f"{first} {second}").tolist()[0] == 1.0
    assert token_shares([second, first], f"{first} {second}").max() == 1.0


def test_blocks_without_tokens_and_empty_gold_have_no_share() -> None:
    assert token_shares(["* * *", "Yes."], "Yes.").tolist() == [0.0, 1.0]
    assert token_shares(["Yes."], "").tolist() == [0.0]
