"""Coverage-guided fuzzing of clean(): `python tests/fuzz/fuzz_clean.py -max_total_time=60 [CORPUS]`.

Not part of the test run: it needs atheris (`pip install atheris`) and time. All options are libFuzzer's. An
input is a page file behind one byte that says what the producer calls it; a finding is written to
./crash-HASH and runs again as the argument.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

try:
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    sys.exit("fuzz_clean: atheris is not installed")

# numba cannot compile what atheris has instrumented
CLEANING = Path(__file__).resolve().parents[2] / "streams" / "cleaning"
KERNELS = [
    ".".join(("streams", "cleaning", *path.relative_to(CLEANING).with_suffix("").parts))
    for path in CLEANING.rglob("*.py")
    if "@compiled" in path.read_text(encoding="utf-8")
]

with atheris.instrument_imports(include=["streams.cleaning"], exclude=KERNELS):
    from streams.cleaning import clean, decode_page

from tests.cleaning.held import held  # noqa: E402
from tests.cleaning.samples import raw  # noqa: E402

CONTENT_TYPES = (None, "text/html", "text/plain")


def one(data: bytes) -> None:
    if not data:
        return
    content = decode_page(data[1:])
    if content is None:
        return
    article = raw(content, content_type=CONTENT_TYPES[data[0] % len(CONTENT_TYPES)])
    result = clean(article)
    held(result)
    if clean(article) != result:
        raise AssertionError("not the same twice")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
