"""Which open texts are kept, and their signs. Runs where mwparserfromhell is installed."""

import pytest

pytest.importorskip("mwparserfromhell")

from training.silver_texts import OpenText, capped, reread


def test_a_sign_that_was_read_in_the_wrong_code_is_read_again() -> None:
    assert reread("Â£5 or £5, â€œsoâ€\x9d, CafÃ© and café") == "£5 or £5, “so”, Café and café"


def test_a_cap_leaves_texts_out_and_no_text_moves_another() -> None:
    found = [OpenText(f"commons/{i}#0", "a b c", "commons") for i in range(9)]
    kept = capped(found, {"commons": 10})
    assert len(kept) == 3
    assert capped(found[::-1], {"commons": 10}) == kept
    assert [text for text in capped(found, {"commons": 27}) if text in kept] == kept
