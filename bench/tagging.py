"""The tag step beside what can be installed for it: F1 of the names and articles a second on the same texts.

  python bench/tagging.py                          our sample articles, for speed only; ten seconds
  python bench/tagging.py --data GOLD.jsonl.gz -v  with F1, of every type, and what is taken for what
  python bench/tagging.py --teacher FOLDER         beside our tier `teacher`
  python bench/tagging.py --spacy en_core_web_md   beside another pipeline of spaCy, a name or a path
  python bench/tagging.py --spacy PATH --spacy-python OTHER/bin/python

GOLD has {"text", "spans": [[start, end, label], ...]} a line. Labels are PER, ORG and LOC; a name is right
when span and type are (bench/span_scores.py). Each contender (bench/taggers.py) is a process of its own with
one thread, all take turns, round after round; counted is the CPU time of a pass over all texts, in articles
of 600 words. The first pass stands by itself: it fills what contenders remember, which the later ones find.
spaCy has one pass as it comes, and one as our tier runs it, with only the components that names depend on;
both through nlp.pipe. "Our rules" are our whole step on its spans, the time of finding them included.
"to spaCy": how many times as many articles a second as spaCy as it comes. Last line for scripts:
tagging: <figure>=<value> ...
"""

import argparse
import gzip
import json
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.span_scores import LABELS, Scores, Span, trimmed  # noqa: E402
from bench.tagger_race import OURS, SPACY, TEACHER, TIER, ContenderError, Race, Result  # noqa: E402
from streams.pipeline import CLEAN, Output, Record, run  # noqa: E402
from streams.vocabulary import EntityType  # noqa: E402

SAMPLES = ROOT / "streams" / "samples" / "articles.jsonl"
ARTICLE_WORDS = 600
LABEL_OF = {EntityType.PERSON: "PER", EntityType.ORGANISATION: "ORG", EntityType.PLACE: "LOC"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="texts with gold, JSON lines, packed or not")
    parser.add_argument("--most", type=int, help="texts of them")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--teacher", type=Path, metavar="FOLDER", help="of training/train_teacher.py")
    parser.add_argument("--spacy", metavar="PIPELINE", default="en_core_web_md", help="a name or a path")
    parser.add_argument("--spacy-python", metavar="PATH", default=sys.executable, help="who has spaCy")
    parser.add_argument("-v", action="store_true", help="each type's scores, and what is taken for what")
    options = parser.parse_args()
    texts, gold = read_gold(options.data, options.most) if options.data else (sample_texts(), [])
    words = sum(len(text.split()) for text in texts)
    articles = words / ARTICLE_WORDS
    print(f"{len(texts)} texts, {words:,} words: {articles:.0f} articles of 600; {options.rounds} rounds")
    race = Race(texts, options.rounds)
    if options.teacher:
        try:
            race.against_teacher(options.teacher)
        except ContenderError as error:
            print(f"{options.teacher} is left out: {error}")
    if options.spacy_python == sys.executable and find_spec("spacy") is None:
        print("spaCy is left out: pip install 'copydesk[spacy]', or --spacy-python OTHER/bin/python")
    else:
        try:
            race.against_spacy(options.spacy, options.spacy_python)
        except ContenderError as error:
            print(f"{options.spacy} is left out: {error}")
    results = race.results
    scores = {name: scored(texts, result.spans, gold) for name, result in results.items()} if gold else {}
    show(results, scores, articles)
    if options.v:
        for name, score in scores.items():
            show_types(name, score)
    show_last(results, scores, articles)


def read_gold(path: Path, most: int | None) -> tuple[list[str], list[set[Span]]]:
    """Texts and their gold spans, trimmed."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        rows = [json.loads(line) for line in lines][:most]
    gold = [trimmed(row["text"], [(s, e, x) for s, e, x in row["spans"] if x in LABELS]) for row in rows]
    return [row["text"] for row in rows], gold


def sample_texts() -> list[str]:
    outs = [
        run(CLEAN, Record(line, "2026-11-22T10:00:00.000Z")) for line in SAMPLES.read_bytes().splitlines()
    ]
    events = [json.loads(out.value) for out in outs if isinstance(out, Output) and out.language == "en"]
    return list(dict.fromkeys(event["text"] for event in events if "text" in event))


def scored(texts: list[str], spans: list[list[Span]], gold: list[set[Span]]) -> Scores:
    scores = Scores()
    for text, found, meant in zip(texts, spans, gold, strict=True):
        labelled = [(s, e, LABEL_OF[EntityType(kind)]) for s, e, kind in found if kind in LABEL_OF]
        scores.add(trimmed(text, labelled), meant)
    return scores


def show(results: dict[str, Result], scores: dict[str, Scores], articles: float) -> None:
    names = ("all", *LABELS)
    titles = "  ".join(f"{name:>4}" for name in names)
    print(f"\n{'':<20} {titles}  {'first pass':>10} {'articles/s (least-most)':>26} {'to spaCy':>8}", end="")
    print(f" {'load s':>7} {'MB':>5} {'after':>5}")
    beside = results.get(SPACY)
    for name, result in results.items():
        score = scores.get(name)
        f1 = "  ".join(
            f"{score.f1(*of):.3f}"[1:] if score else "   -" for of in ((), *((x,) for x in LABELS))
        )
        rates = sorted(articles / seconds for seconds in result.cpu_s[1:] or result.cpu_s)
        speed = f"{articles / result.settled_s:,.1f} ({rates[0]:,.1f}-{rates[-1]:,.1f})"
        print(
            f"{name:<20} {f1}  {articles / result.cpu_s[0]:>10,.1f} {speed:>26}"
            f" {f'{beside.settled_s / result.settled_s:.1f}' if beside else '-':>8} {result.load_s:>7.1f}"
            f" {megabytes(result.loaded_mb):>5} {megabytes(result.mb):>5}"
        )


def megabytes(size: float) -> str:
    return f"{size:.0f}" if size else "-"


def show_types(name: str, score: Scores) -> None:
    print(f"\n{name}: {'P':>10} {'R':>6} {'F1':>6} {'gold':>7} {'found':>7}   same span, found as")
    for label in LABELS:
        confused = ", ".join(f"{other} {score.confused[label, other]}" for other in LABELS if other != label)
        print(
            f"  {label:<{len(name) + 3}} {score.precision(label):>6.3f} {score.recall(label):>6.3f}"
            f" {score.f1(label):>6.3f} {score.gold[label]:>7,} {score.found[label]:>7,}   {confused}"
        )


def show_last(results: dict[str, Result], scores: dict[str, Scores], articles: float) -> None:
    ours = results[OURS]
    figures: dict[str, str] = {}
    if scores:
        figures["f1"] = f"{scores[OURS].f1():.4f}"
        figures |= {label.lower(): f"{scores[OURS].f1(label):.4f}" for label in LABELS}
    figures["articles_s"] = f"{articles / ours.settled_s:.0f}"
    figures["first_pass_s"] = f"{articles / ours.cpu_s[0]:.0f}"
    figures |= {"load_s": f"{ours.load_s:.1f}", "mb": f"{ours.mb:.0f}"}
    for name, figure in ((SPACY, "spacy"), (TIER, "spacy_names"), (TEACHER, "teacher")):
        if name in results:
            figures[f"to_{figure}"] = f"{results[name].settled_s / ours.settled_s:.0f}"
            figures |= {f"f1_{figure}": f"{scores[name].f1():.4f}"} if scores else {}
    print("\ntagging: " + " ".join(f"{name}={value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
