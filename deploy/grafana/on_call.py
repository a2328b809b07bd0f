"""The board for whoever is on call: is it well, and where is it stuck?"""

from __future__ import annotations

from panels import BAD, GOOD, JOB, ODD, Panel, Row, quantile, quantiles, rate, share_of_freshness

ON_CALL = (
    Row(
        "Is it well?",
        (
            Panel(
                "Alerts",
                "What fires now; each has a section in docs/how-to/runbook.md.",
                (
                    (
                        'ALERTS{alertname=~"Copydesk.*",alertstate="firing"}',
                        "{{alertname}} {{instance}} {{stage}}",
                    ),
                ),
                kind="table",
                width=12,
            ),
            Panel(
                "Ready",
                "1 while /readyz says ok.",
                ((f"min by (instance) (copydesk_ready{{{JOB}}})", "{{instance}}"),),
                kind="stat",
                width=6,
                limits=((0, BAD), (1, GOOD)),
            ),
            Panel(
                "Late, of an allowance of 1%",
                "Share of articles enriched more than 60 s after their raw record, by window.",
                tuple(share_of_freshness(window) for window in ("5m", "1h", "6h", "3d")),
                kind="stat",
                unit="percentunit",
                width=6,
                limits=((0, GOOD), (0.01, ODD), (0.06, BAD)),
            ),
        ),
    ),
    Row(
        "Where is it stuck?",
        (
            Panel(
                "Lag",
                "Records between the committed offset and the end of each stage's topic.",
                ((f"job_topic:copydesk_consumer_lag:sum{{{JOB}}}", "{{topic}}"),),
            ),
            Panel(
                "Oldest unprocessed",
                "Age of the oldest record that is not committed.",
                ((f"max by (topic) (copydesk_oldest_unprocessed_age_seconds{{{JOB}}})", "{{topic}}"),),
                unit="s",
            ),
            Panel(
                "Since the last commit",
                "Of each worker. A worker without work commits nothing: read it with the lag.",
                ((f"time() - (copydesk_last_progress_timestamp_seconds{{{JOB}}} > 0)", "{{instance}}"),),
                unit="s",
            ),
            Panel(
                "Freshness",
                "From received_at to each stage's delivered output.",
                quantiles("copydesk_freshness_seconds", "stage"),
                unit="s",
            ),
            Panel(
                "Time of an article in a stage",
                "Without waiting; grows with pages, and with slower taggers.",
                quantiles("copydesk_stage_duration_seconds", "stage"),
                unit="s",
            ),
            Panel(
                "Kafka",
                "A batch's delivery, and a transaction of dedup.",
                (
                    *((query, f"delivery {name}") for query, name in quantiles("copydesk_delivery_seconds")),
                    *(
                        (query, f"transaction {name}")
                        for query, name in quantiles("copydesk_transaction_seconds")
                    ),
                ),
                unit="s",
            ),
            Panel(
                "Retention left",
                "1 when up to date; at 0 records are deleted unread.",
                ((f"min by (topic) (copydesk_retention_headroom_ratio{{{JOB}}})", "{{topic}}"),),
                unit="percentunit",
            ),
            Panel(
                "Open transactions",
                "How long a producer's transaction has kept what lies behind it from us.",
                ((f"max by (topic) (copydesk_open_transaction_seconds{{{JOB}}})", "{{topic}}"),),
                unit="s",
            ),
            Panel(
                "Dead letters",
                "Failures, by stage and reason.",
                ((rate("copydesk_dead_letters_total", "stage, reason"), "{{stage}} {{reason}}"),),
                unit="cps",
                stacked=True,
            ),
        ),
    ),
    Row(
        "The processes",
        (
            Panel(
                "Starts and rebalances",
                "How often in an hour each worker was started, and its group handed out partitions.",
                (
                    (f"changes(process_start_time_seconds{{{JOB}}}[1h])", "{{instance}} starts"),
                    (f"increase(copydesk_rebalances_total{{{JOB}}}[1h])", "{{instance}} rebalances"),
                ),
            ),
            Panel(
                "Stage processes ended",
                "Pages that hung, died or filled memory.",
                ((rate("copydesk_pool_restarts_total", "instance, cause"), "{{instance}} {{cause}}"),),
                unit="cps",
            ),
            Panel(
                "Event loop late",
                "How late the loop is at its tick of every second; from 15 s on /livez fails.",
                ((quantile(0.99, "copydesk_event_loop_lag_seconds", "instance"), "{{instance}} p99"),),
                unit="s",
            ),
            Panel(
                "Memory",
                "Of each worker's own process; its stage processes are not in it.",
                ((f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}"),),
                unit="bytes",
            ),
            Panel(
                "CPU",
                "Cores, of each worker's own process; its stage processes are not in it.",
                ((f"rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval])", "{{instance}}"),),
            ),
            Panel(
                "In flight",
                "Bytes between being read and being delivered.",
                ((f"copydesk_inflight_bytes{{{JOB}}}", "{{instance}}"),),
                unit="bytes",
            ),
        ),
    ),
)
