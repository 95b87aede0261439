"""When alerts about the pipeline fire, and when they do not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.alerting.rules.cases.case import Case
from tests.alerting.rules.series import month, series


def pipeline() -> Iterator[Case]:
    """Yield the cases of alerts about the pipeline."""
    worker = {"job": "streams-worker", "instance": "w1"}
    yield Case(
        "WorkerLost",
        "a worker that does not answer",
        series("up", 0, **worker),
        fires=({"severity": "warning", "branch": "city"},),
    )
    yield Case(
        "WorkerLost",
        "a worker that is started anew within two minutes is not lost",
        series("up", "1x20 0 0 1x20", **worker),
        at="22m",
        every="1m",
    )
    partitions = series("streams_partitions", 12)
    yield Case(
        "PartitionsNotCounted",
        "four of twelve partitions have no worker",
        partitions | series("streams_worker_partitions_settled", 8, **worker),
        fires=({"severity": "critical"},),
    )
    yield Case("PartitionsNotCounted", "no worker answers at all", partitions, fires=({"severity": "critical"},))
    yield Case(
        "PartitionsNotCounted",
        "two workers have six each",
        partitions
        | series("streams_worker_partitions_settled", 6, **worker)
        | series("streams_worker_partitions_settled", 6, job="streams-worker", instance="w2"),
    )
    yield Case(
        "WorkersBehind",
        "20,000 records wait",
        series("streams_worker_backlog_records", 20_000, **worker),
        fires=({"severity": "warning"},),
    )
    yield Case(
        "WorkersBehind",
        "a burst that is worked off in five minutes",
        series("streams_worker_backlog_records", "20000x4 0x100", **worker),
        at="30m",
        every="1m",
    )
    steady = series("streams_worker_partitions", 12, **worker) | series("streams_worker_takeover_seconds", 1, **worker)
    letters = {"topic": "faults", "outcome": "invalid", **worker}
    yield Case(
        "DeadLetters",
        "one a minute cannot be counted",
        steady | series("streams_events_total", "0+1x200", **letters),
        fires=({"topic": "faults", "outcome": "invalid", "severity": "warning"},),
    )
    yield Case(
        "DeadLetters",
        "what is counted, or known already, is well",
        steady
        | series("streams_events_total", "0+9x200", topic="faults", outcome="counted", **worker)
        | series("streams_events_total", "0+9x200", topic="faults", outcome="repeated", **worker),
    )
    yield Case(
        "DeadLetters",
        "a worker that takes partitions over reads old ones anew",
        series("streams_worker_partitions", "6x10 12x100", **worker)
        | series("streams_worker_takeover_seconds", 1, **worker)
        | series("streams_events_total", "0x10 40x100", **letters),
        at="14m",
        every="1m",
    )
    yield Case(
        "FiguresNotShown",
        "serve is up and has no whole figures",
        series("streams_figures_shown", 0, job="streams-serve"),
        fires=({"severity": "critical"},),
    )
    yield Case(
        "FiguresNotShown", "no serve answers", series("up", 0, job="streams-serve"), fires=({"severity": "critical"},)
    )
    yield Case(
        "FiguresNotShown",
        "one of two replicas is enough",
        series("streams_figures_shown", 0, instance="a") | series("streams_figures_shown", 1, instance="b"),
    )
    yield Case(
        "ServeBehind",
        "a replica is 20,000 records behind",
        series("streams_tallies_backlog_records", 20_000, instance="a"),
        fires=({"instance": "a"},),
    )
    yield Case("ServeBehind", "some hundred are nothing", series("streams_tallies_backlog_records", 300, instance="a"))
    yield Case(
        "DataTimeBehind",
        "the clock stood still two hours ago",
        series("streams_data_timestamp_seconds", 0),
        fires=({"severity": "warning"},),
    )
    yield Case("DataTimeBehind", "it lags by a minute", series("streams_data_timestamp_seconds", "-60+60x200"))
    yield Case("DataTimeBehind", "a replay of years ago is none", series("streams_data_timestamp_seconds", -1e8))
    pager = {"job": "streams-pager", "instance": "p"}
    yield Case("PagerLost", "the pager does not answer", series("up", 0, **pager), fires=({"severity": "critical"},))
    yield Case("PagerLost", "it is up", series("up", 1, **pager))
    waited = "streams_pager_oldest_message_seconds"
    yield Case("PagesNotDelivered", "one waits for ten minutes", series(waited, 600), fires=({"severity": "critical"},))
    yield Case("PagesNotDelivered", "five minutes are retries", series(waited, 300))
    given_up = "streams_pager_pages_given_up"
    yield Case(
        "PagesGivenUp",
        "nobody took one",
        series(given_up, 1, **pager),
        fires=({"severity": "critical", "duty": "platform"},),
    )
    yield Case("PagesGivenUp", "all are taken, or still told", series(given_up, 0, **pager))
    written = "streams_last_month_snapshot_written"
    yield Case(
        "SnapshotMissing",
        "six days into the month there is none of the last",
        month(6) | series(written, 0),
        fires=({"severity": "warning"},),
    )
    yield Case("SnapshotMissing", "on the second day it may be missing", month(2) | series(written, 0))
    yield Case("SnapshotMissing", "it is there", month(6) | series(written, 1))
    yield Case("SnapshotMissing", "nobody tells whether it is there", month(6))
    yield Case(
        "Watchdog", "it fires always", {}, fires=({"severity": "info", "kind": "watchdog"},), at="0m", every="1m"
    )


def silences() -> Iterator[Case]:
    """Yield the cases of topics that bring nothing."""
    for alert, metric, window, looked_back in (
        ("FaultsSilent", "streams_fault_tickets", "1h", 24 * 12),
        ("ComplaintsSilent", "streams_complaints", "24h", 7 * 24 * 12),
        ("OrdersSilent", "streams_orders", "24h", 7 * 24 * 12),
    ):
        topic = alert.removesuffix("Silent").lower()
        at = f"{looked_back * 5 + 720}m"
        yield Case(
            alert,
            "nothing, where there were 12 at the same time before",
            series(metric, f"12x{looked_back} 0x150", window=window),
            fires=({"feed": topic, "branch": "city"},),
            at=at,
            step="5m",
            every="6h",
        )
        yield Case(
            alert,
            "one is not silence",
            series(metric, f"12x{looked_back} 1x150", window=window),
            at=at,
            step="5m",
            every="6h",
        )
        yield Case(
            alert,
            "after nine, nothing may be chance",
            series(metric, f"9x{looked_back} 0x150", window=window),
            at=at,
            step="5m",
            every="6h",
        )
        yield Case(
            alert,
            "without a past nothing is known",
            series(metric, f"0x{looked_back + 150}", window=window),
            at=at,
            step="5m",
            every="6h",
        )
