"""What a frame of a worker is part of: the rows of a profile's table, the colours of its flame graph."""

import ast
import importlib
import inspect
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FINDER = "finder of names"
ROOT = Path(__file__).resolve().parents[1]
FRAME = re.compile(r"(?P<function>.*) \((?P<file>[^():]*)(?::(?P<line>\d+))?\)$")

# Component -> the frames that belong to it, "function (file)", as alternatives. From the innermost frame
# outwards, the first that is named here decides: a library comes before its caller, where it has a line.
COMPONENTS: dict[str, tuple[str, ...]] = {
    # cleaning
    "guard": (r"\(streams/cleaning/guard/",),
    "decode, normalise": (r"\(streams/cleaning/(text|decode)\.py", r"^(refuse_text|encoded) "),
    "parse": (
        r"^_from_page \(streams/cleaning/__init__",
        r"\(streams/cleaning/page/(markup|walk|tags|outline|measures)\.py",
        r"\(selectolax/",
    ),
    "kind of page": (r"\(streams/cleaning/page/kind",),
    "body (page)": (r"\(streams/cleaning/page/",),
    "body, second opinion": (r"\((trafilatura|lxml|courlan|htmldate|justext)/",),
    "body (lines of text)": (r"\(streams/cleaning/(flat/|credits)",),
    "metadata, dates, URL": (
        r"\(streams/cleaning/(metadata/|times|days|names|url|hints|verdict)",
        r"\(publicsuffixlist/",
    ),
    "language": (r"\(streams/cleaning/language", r"\(py3langid/"),
    "furniture": (r"\(streams/cleaning/furniture",),
    "cleaning, the rest": (r"\(streams/cleaning/",),
    # tagging
    "tokens": (r"\(streams/tagging/(tokens|cut|letters)\.py",),
    FINDER: (
        r"\(streams/tagging/(finders?|crf|emissions|features|lanes|learning|memory|model|sentences|weights)\.py",
        r"\(streams/tagging/(wordforms|lexicon)\.py",
    ),
    "rules of the document": (
        r"\(streams/tagging/(rules|names|proper|located|surfaces|shouting|recall|occurrences)\.py",
        r"\(streams/tagging/(titles|spans|sure|context)\.py",
        r"\(streams/tagging/(gazetteer|phrasebook|wordlists|keys)\.py",
    ),
    "values": (r"\(streams/tagging/values/",),
    "groups, entities, places": (r"\(streams/tagging/",),
    "fingerprint": (r"\(streams/dedup/(fingerprint|sketch|words|xxh3)\.py",),
    # de-duplication
    "decide, remember": (r"\(streams/dedup/",),
    # the contract
    "JSON, schema, records": (
        r"\(streams/(contract|structuring)\.py",
        r"\((cattrs|orjson|attr)/",
        r"^_output \(streams/pipeline",
    ),
    # the shell
    "headers, messages": (r"\(streams/shell/(headers|outgoing|deadletters|arrivals)\.py",),
    "compression": (r"\(aiokafka/codec\.py",),
    "produce": (
        r"\(aiokafka/(producer|record)/",
        r"\(streams/shell/(output|deliveries|domain|clients)\.py",
    ),
    "fetch": (r"\(aiokafka/consumer/", r"\(streams/shell/(transport|read_back)\.py"),
    "idle polling": (r"serve_forever \(socketserver", r"^_PollLikeSelector"),
    "Kafka client": (r"\((aiokafka|kafka)/", r"^_SelectorSocketTransport\._read_ready"),
    "pool hand-over": (
        r"\((multiprocessing|concurrent)/",
        r"\(streams/shell/(pool|stage_process|judging)\.py",
    ),
    "metrics": (
        r"\(streams/shell/(counting|metrics|health|position|watchdog)\.py",
        r"\(prometheus_client/",
    ),
    "event loop, waiting": (r"^EpollSelector\.select ", r"^BaseEventLoop\._run_once "),
    "Faust": (r"\((faust|mode)/", r"\(streams/shell/worker\.py"),
    "batches, lanes": (r"\(streams/shell/(agents|lanes|asking|commits|dedup_agent)\.py",),
    "supervisor": (r"\(streams/shell/supervisor\.py",),
}
OTHER = "other"

# What comes before a worker's or a stage process's own frames: the interpreter, the command line, the fork.
LAUNCH = re.compile(
    r"^(<module>|_run_code|_run_module_as_main|main|_main|_serve_one|_serve|Thread|BaseProcess|Command|Group|"
    r"Context|worker|worker_process|process_tasks|process_execute)[ ._]"
)
_RULES = [(name, re.compile("|".join(rules))) for name, rules in COMPONENTS.items()]

# The innermost function of a thread that waits, or that hands bytes to the kernel: its CPU is the kernel's.
KERNEL = re.compile(
    r"^(\w*Selector\.select|.*unix_poll|Connection\._(send|recv)|pool_manager_loop|message_manager_loop|"
    r"_SelectorSocketTransport\.(write|_read_ready__data_received)|BaseSelectorEventLoop\._(write_to_self|"
    r"read_from_self)|supervise|Popen\._internal_poll|Condition\.wait) \("
)


def without_launch(frames: Sequence[str]) -> list[str]:
    """The frames from the first that does work on."""
    begin = next((at for at, frame in enumerate(frames) if not LAUNCH.match(frame)), len(frames))
    return list(frames[begin:])


@cache
def component_of_frame(frame: str) -> str | None:
    return next((name for name, rule in _RULES if rule.search(frame)), None)


def component(frames: Sequence[str]) -> str:
    """The component of a stack, outermost frame first."""
    return next((found for frame in reversed(frames) if (found := component_of_frame(frame))), OTHER)


def in_kernel(frames: Sequence[str]) -> bool:
    """Whether what the stack does is done by the kernel: waiting, sending, receiving."""
    return bool(frames) and bool(KERNEL.match(frames[-1]))


def with_kernel_of_numba(frames: tuple[str, ...]) -> tuple[str, ...]:
    """The stack with the compiled function that its innermost line calls: py-spy sees none of numba's."""
    called = compiled_call(frames[-1]) if frames else None
    return (*frames, f"{called} (compiled by numba)") if called else frames


@cache
def compiled_call(frame: str) -> str | None:
    """The one function compiled by numba that the line of a frame calls, if there is one."""
    found = FRAME.match(frame)
    if not found or not found["line"] or not found["file"].startswith("streams/"):
        return None
    path, line = ROOT / found["file"], int(found["line"])
    names = _calls(path).get(line, set())
    module = importlib.import_module(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    )
    kernels = [name for name in names if hasattr(inspect.getattr_static(module, name, None), "py_func")]
    return kernels[0] if len(kernels) == 1 else None


@cache
def _calls(path: Path) -> dict[int, set[str]]:
    """Line -> names called by an expression that begins or goes on there."""
    found: dict[int, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found.setdefault(line, set()).add(node.func.id)
    return found
