"""`copydesk tail`: options that contradict each other are refused before Kafka is asked."""

import pytest
from click.testing import CliRunner

from streams.shell.tail_command import tail


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--from", "yesterday"], "--from yesterday is no time"),
        (["--to", "2026-13-01"], "--to 2026-13-01 is no time"),
        (["--from", "2026-11-22T11:00", "--to", "2026-11-22T11:00+01:00"], "is not before --to"),
        (["--from", "2026-11-22", "--offset", "3"], "each say where it starts"),
        (["--to", "2026-11-22", "--follow"], "--follow that it does not"),
    ],
)
def test_what_contradicts_itself_is_refused(options: list[str], says: str) -> None:
    done = CliRunner().invoke(tail, ["raw", *options])
    assert done.exit_code == 2
    assert says in done.output
