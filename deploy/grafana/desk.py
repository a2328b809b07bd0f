"""The board for the desk: what flows, and what is in it."""

from __future__ import annotations

from panels import JOB, Panel, Row, rate

# Of six hours, so that a quiet night still has a figure.
ENTITIES = f"increase(copydesk_entities_total{{{JOB}}}[6h])"
TAGGED = f'increase(copydesk_stage_records_total{{{JOB},stage="tag",outcome="output"}}[6h])'
LANGUAGES = f"increase(copydesk_language_total{{{JOB}}}[6h])"
DECISIONS = f"increase(copydesk_duplicates_total{{{JOB}}}[6h])"
COPIES = f'increase(copydesk_duplicates_total{{{JOB},relation!="original"}}[6h])'

DESK = (
    Row(
        "What flows",
        (
            Panel(
                "Articles today",
                "In the last 24 hours.",
                (
                    (f'sum(increase(copydesk_records_consumed_total{{{JOB},stage="clean"}}[1d]))', "raw"),
                    (
                        f'sum(increase(copydesk_stage_records_total{{{JOB},stage="dedup",outcome="output"}}[1d]))',
                        "enriched",
                    ),
                    (f"sum(increase(copydesk_rejected_total{{{JOB}}}[1d]))", "rejected"),
                    (f"sum(increase(copydesk_dead_letters_total{{{JOB}}}[1d]))", "dead letters"),
                ),
                kind="stat",
                width=16,
                height=5,
            ),
            Panel(
                "What is not here",
                "",
                kind="text",
                height=5,
                text="Publishers are in the events, not in the metrics: no label is taken from an article. "
                "Count publisher.domain where you consume articles.enriched.",
            ),
            Panel(
                "Articles by stage",
                "Records each stage has read.",
                ((f"job_stage:copydesk_records_consumed:rate5m{{{JOB}}}", "{{stage}}"),),
                unit="cps",
                width=12,
            ),
            Panel(
                "What becomes of them",
                "Of all stages: output, unchanged, rejected, failed, repeated, abandoned.",
                ((f"job_stage_outcome:copydesk_stage_records:rate5m{{{JOB}}}", "{{stage}} {{outcome}}"),),
                unit="cps",
                width=12,
                stacked=True,
            ),
            Panel(
                "Rejected, by reason",
                "Judgements about sound records.",
                ((rate("copydesk_rejected_total", "stage, reason"), "{{stage}} {{reason}}"),),
                unit="cps",
                width=12,
                stacked=True,
            ),
            Panel(
                "Rejected share, and that of a week ago",
                "Of the last hour.",
                (
                    (f"job_stage:copydesk_rejected:ratio_rate1h{{{JOB}}}", "{{stage}}"),
                    (f"job_stage:copydesk_rejected:ratio_rate1h{{{JOB}}} offset 1w", "{{stage}} a week ago"),
                ),
                unit="percentunit",
                width=12,
            ),
        ),
    ),
    Row(
        "What is in it",
        (
            Panel(
                "Languages",
                "Cleaned articles of six hours, ten commonest languages; `other` is one that only a page or "
                "a producer has named.",
                ((f"topk(10, sum by (language) ({LANGUAGES}) > 0)", "{{language}}"),),
                kind="bargauge",
            ),
            Panel(
                "Entities by type",
                "Of tagged articles.",
                ((rate("copydesk_entities_total", "type"), "{{type}}"),),
                unit="cps",
                stacked=True,
            ),
            Panel(
                "Entities an article",
                "How many of each type an article has, on average of six hours.",
                ((f"sum by (type) ({ENTITIES}) / ignoring (type) group_left () sum({TAGGED})", "{{type}}"),),
                kind="bargauge",
            ),
            Panel(
                "Copies",
                "Decisions by relation.",
                ((rate("copydesk_duplicates_total", "relation"), "{{relation}}"),),
                unit="cps",
                stacked=True,
            ),
            Panel(
                "Share of copies",
                "Exact and near copies among the decisions of six hours.",
                ((f"sum({COPIES}) / sum({DECISIONS})", "copies"),),
                unit="percentunit",
            ),
            Panel(
                "Articles remembered",
                "What an arriving article is compared with: the last 96 hours.",
                ((f"sum(copydesk_index_articles{{{JOB}}})", "articles"),),
            ),
            Panel(
                "Memory of de-duplication",
                "Taken, and COPYDESK_INDEX_MEMORY_MB.",
                (
                    (f"sum(copydesk_index_bytes{{{JOB}}})", "taken"),
                    (f"sum(copydesk_index_budget_bytes{{{JOB}}})", "budget"),
                ),
                unit="bytes",
            ),
        ),
    ),
)
