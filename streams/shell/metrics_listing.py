"""`copydesk metrics`: the list of metrics for people and for what makes documentation of it."""

from dataclasses import asdict
from itertools import groupby

import click

QUESTIONS = {
    "flow": "what comes in, and what becomes of it",
    "time": "how long it takes",
    "position": "where the worker stands in its topic",
    "state": "what it holds",
    "replay": "how far a replay is, and how fast it may go",
    "runtime": "how the process is",
}


@click.command()
@click.option("--json", "json_", is_flag=True, help="One JSON object a metric.")
def metrics(json_: bool) -> None:
    """List every metric of the workers: its name, labels, type and meaning."""
    click.echo(as_json() if json_ else as_text())


def as_json() -> str:
    """One object a line: name, kind, labels, about, group."""
    import orjson

    from streams.shell.metrics import LISTED

    return "\n".join(orjson.dumps(asdict(metric)).decode() for metric in LISTED)


def as_text() -> str:
    """The list in groups, then what the labels may say."""
    from streams.shell.metrics import LABELS, LISTED

    lines = []
    for group, listed in groupby(LISTED, key=lambda metric: metric.group):
        lines += [f"{group}: {QUESTIONS[group]}", ""]
        for metric in listed:
            labels = f"{{{','.join(metric.labels)}}}" if metric.labels else ""
            lines += [f"  {metric.name}{labels}  [{metric.kind}]", f"      {metric.about}"]
        lines.append("")
    lines.append("labels")
    for label, values in LABELS.items():
        lines.append(f"  {label}: {values if isinstance(values, str) else ', '.join(values)}")
    return "\n".join(lines)
