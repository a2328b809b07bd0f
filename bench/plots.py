"""Pictures of what benchmarks have measured, as SVG; run by an environment with matplotlib.

  python bench/plots.py flame profile.html.txt profile.svg    stacks of bench/profiling.py
  python bench/plots.py soak soak.jsonl soak.svg              samples of bench/soak.py
  python bench/plots.py curves scale.jsonl curves.svg         figures of bench/scale.py
  python bench/plots.py pressure pressure.jsonl pressure.svg  samples of bench/pressure.py

The environment (requirements-plots.lock) is made once; started by any other Python, the script starts itself
there.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-plots.lock"
THINNEST = 0.002  # of the whole: narrower frames are left out of a flame graph
WIDE_ENOUGH = 0.02  # of the whole: a frame with its name
ROW = 0.17  # inches, of a row of frames


@dataclass(slots=True)
class Frame:
    """A frame of a flame graph: what it and all below it took, and what is below it."""

    name: str
    took: float = 0.0
    below: "dict[str, Frame]" = field(default_factory=dict)


def main() -> None:
    try:
        what, source, target = sys.argv[1:]
        draw = DRAWINGS[what]
    except (ValueError, KeyError):
        sys.exit(__doc__)
    try:
        import matplotlib as mpl
    except ImportError:
        again()
    mpl.use("svg")
    # The same picture, byte for byte, for the same figures.
    mpl.rcParams.update({"svg.hashsalt": "copydesk", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot as plt

    figure = draw(plt, Path(source))
    figure.savefig(target, metadata={"Date": None}, bbox_inches="tight")


def again() -> None:
    """Goes on in the environment that has matplotlib."""
    sys.path.insert(0, str(ROOT / "deploy" / "check"))
    import tools

    os.execv(python := str(tools.python(LOCK) / "python"), [python, *sys.argv])  # noqa: S606


def flame(plt: Any, source: Path) -> Any:
    """Width is CPU, the outermost frame below; a colour for each component."""
    sys.path.insert(0, str(ROOT))
    from bench.components import component_of_frame

    root = Frame("all")
    for line in source.read_text().splitlines():
        stack, _, number = line.rpartition(" ")
        at, took = root, float(number)
        at.took += took
        for name in merged(stack.split(";")):
            at = at.below.setdefault(name, Frame(name))
            at.took += took
    names = sorted({c for name in every(root) if (c := component_of_frame(name))})
    palette = [plt.get_cmap(name)(nth) for name in ("tab20", "tab20b") for nth in range(20)]
    colours = dict(zip(names, palette, strict=False))
    deepest = depth(root, root.took)
    figure, axes = plt.subplots(figsize=(11, ROW * deepest + 0.5))

    def put(frame: Frame, left: float, row: int, colour: Any) -> None:
        colour = colours.get(component_of_frame(frame.name) or "", colour)
        axes.barh(row, frame.took, left=left, height=1, color=colour, edgecolor="white", linewidth=0.15)
        if frame.took > WIDE_ENOUGH * root.took:
            letters = int(frame.took / root.took * 190)
            axes.text(
                left + root.took * 0.001,
                row,
                frame.name.partition(" (")[0][:letters],
                va="center",
                fontsize=5,
            )
        for under in sorted(frame.below.values(), key=lambda below: below.name):
            if under.took > THINNEST * root.took:
                put(under, left, row + 1, colour)
            left += under.took

    put(root, 0.0, 0, "lightgrey")
    axes.set(xlim=(0, root.took), ylim=(-0.5, deepest - 0.5), yticks=[], xlabel="ms of CPU an article")
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colours[name]) for name in names]
    below = -0.45 / (ROW * deepest)  # of the height: half an inch, for the axis and its name
    axes.legend(
        handles, names, loc="upper center", bbox_to_anchor=(0.5, below), ncols=6, fontsize=6, frameon=False
    )
    return figure


def merged(frames: Iterable[str]) -> list[str]:
    """Without line numbers: a function is one frame wherever it was."""
    return [
        name.rpartition(":")[0] + ")" if name[-2:-1].isdigit() and ":" in name else name for name in frames
    ]


def every(frame: Frame) -> Iterable[str]:
    yield frame.name
    for under in frame.below.values():
        yield from every(under)


def depth(frame: Frame, whole: float) -> int:
    return 1 + max((depth(f, whole) for f in frame.below.values() if f.took > THINNEST * whole), default=0)


def soak(plt: Any, source: Path) -> Any:
    """Memory by stage and of the index, and lag, over the minutes."""
    rows = [json.loads(line) for line in source.read_text().splitlines()]
    minutes = [row["seconds"] / 60 for row in rows]
    figure, (memory, lag) = plt.subplots(2, sharex=True, figsize=(8, 5), height_ratios=(3, 1))
    for name in rows[0]["memory"]:
        memory.plot(minutes, [row["memory"][name] for row in rows], label=name, linewidth=1)
    memory.plot(minutes, [row["index_mb"] for row in rows], label="index", linewidth=1, linestyle=":")
    memory.set(ylabel="memory, MB (proportional)", ylim=(0, None))
    memory.legend(ncols=5, fontsize=7, frameon=False)
    for name in rows[0]["lag"]:
        lag.plot(minutes, [row["lag"][name] for row in rows], label=name, linewidth=0.7)
    lag.set(xlabel="minutes", ylabel="lag, records", ylim=(0, None))
    lag.legend(ncols=3, fontsize=7, frameon=False)
    return figure


def curves(plt: Any, source: Path) -> Any:
    """A panel for each curve of bench/scale.py that has more than one point."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for row in map(json.loads, source.read_text().splitlines()):
        for name, value in row["values"].items():
            found[row["curve"]][name].append((row["at"], value))
    shown = {
        title: lines for title, lines in found.items() if all(len(points) > 1 for points in lines.values())
    }
    down = -(-len(shown) // 2)
    figure, panels = plt.subplots(down, 2, figsize=(8, 2.6 * down), squeeze=False)
    for panel, (title, lines) in zip(panels.flat, shown.items(), strict=False):
        for name, points in lines.items():
            panel.plot(*zip(*sorted(points), strict=True), marker="o", markersize=3, linewidth=1, label=name)
        panel.set(xscale="log", xlabel=title, ylim=(0, None))
        panel.legend(fontsize=6, frameon=False)
    for panel in list(panels.flat)[len(shown) :]:
        panel.set_visible(False)
    figure.tight_layout()
    return figure


def pressure(plt: Any, source: Path) -> Any:
    """Memory by stage, a panel for what waits."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in map(json.loads, source.read_text().splitlines()):
        parts[row["part"]].append(row)
    figure, panels = plt.subplots(len(parts), 1, figsize=(7, 2.4 * len(parts)), squeeze=False)
    for panel, (part, rows) in zip(panels.flat, parts.items(), strict=True):
        for stage in rows[0]["memory"]:
            panel.plot(
                [row["seconds"] for row in rows],
                [row["memory"][stage] for row in rows],
                label=stage,
                linewidth=1,
            )
        panel.set_title(f"{part}: {rows[0]['queued']:,} records wait", fontsize=8, loc="left")
        panel.set(ylabel="memory, MB", ylim=(0, None))
    panels.flat[0].legend(ncols=3, fontsize=7, frameon=False)
    panels.flat[-1].set(xlabel="seconds since every stage has committed something")
    figure.tight_layout()
    return figure


DRAWINGS: dict[str, Callable[[Any, Path], Any]] = {
    "flame": flame,
    "soak": soak,
    "curves": curves,
    "pressure": pressure,
}

if __name__ == "__main__":
    main()
