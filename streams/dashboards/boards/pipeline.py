"""Pipeline: whether figures can be trusted, who counts, what was refused, and whether pages get out."""

from __future__ import annotations

from streams.alerting.rules.pipeline import BEHIND_SECONDS, MOST_BACKLOG_RECORDS, UNDELIVERED_SECONDS
from streams.alerting.rules.records import NOW, newest
from streams.alerting.rules.scraping import SERVE_JOB
from streams.core.letters import REASONS
from streams.dashboards.spec import ALARM, CALM, WATCH, Board, Panel, Query, Section

REFUSED = "|".join(REASONS)
EVENTS = "streams_events_total"
FALSE_IS_BAD = ((0, ALARM), (1, CALM))


def board() -> Board:
    """Return the dashboard."""
    return Board(
        key="pipeline",
        sections=(
            Section(key="trust", panels=tuple(_trust())),
            Section(key="workers", heading="workers", panels=tuple(_workers())),
            Section(key="serve", heading="serve", panels=tuple(_serve())),
            Section(key="pager", heading="pager", panels=tuple(_pager())),
        ),
    )


def _trust() -> list[Panel]:
    partitions, settled = newest("streams_partitions"), newest("streams_partitions_settled")
    return [
        _stat("figures_shown", newest("streams_figures_shown"), "figuresnotshown", unit="bool", steps=FALSE_IS_BAD),
        _stat("settled", f"{settled} / {partitions}", "partitionsnotcounted", unit="percentunit", steps=FALSE_IS_BAD),
        _stat("data_clock", f"{NOW} * 1000", "datatimebehind", unit="dateTimeAsIso"),
        _stat("data_age", f"time() - {NOW}", "datatimebehind", unit="s", steps=((BEHIND_SECONDS, WATCH),)),
        _stat("up", "sum by (job) (up)", "workerlost", labels=("job",)),
        _stat("snapshot_written", newest("streams_last_month_snapshot_written"), "snapshotmissing", unit="bool"),
    ]


def _workers() -> list[Panel]:
    refused = f'sum by (topic, outcome) ({EVENTS}{{outcome=~"{REFUSED}"}})'
    return [
        _series("events", f"sum by (topic) (rate({EVENTS}[5m]))", "workersbehind", ("topic",), unit="cps"),
        Panel(
            key="refused", form="table", columns=("topic", "outcome"), queries=(Query(refused, "messages"),),
            runbook="deadletters",
        ),
        _series("worker_backlog", "streams_worker_backlog_records", "workersbehind", ("instance",)),
        Panel(
            key="worker_partitions", form="table", columns=("instance",), runbook="partitionsnotcounted",
            queries=(
                Query("max by (instance) (streams_worker_partitions)", "partitions"),
                Query("max by (instance) (streams_worker_partitions_settled)", "partitions_settled"),
                Query("max by (instance) (streams_worker_ledger_facts)", "facts"),
                Query("max by (instance) (streams_worker_takeover_seconds)", "takeover", unit="s"),
            ),
        ),
    ]  # fmt: skip


def _serve() -> list[Panel]:
    unlisted = ("measure", "label")
    return [
        _series(
            "serve_backlog", "streams_tallies_backlog_records", "servebehind", ("instance",),
            steps=((MOST_BACKLOG_RECORDS, ALARM),),
        ),
        _series("tallies_rate", "rate(streams_tallies_records_total[5m])", "servebehind", ("instance",), unit="cps"),
        _series("scrape_seconds", f'scrape_duration_seconds{{job="{SERVE_JOB}"}}', "servebehind", ("instance",), "s"),
        _series("scrape_samples", f'scrape_samples_scraped{{job="{SERVE_JOB}"}}', "servebehind", ("instance",)),
        Panel(
            key="unlisted", form="table", columns=unlisted, runbook="",
            queries=tuple(
                Query(f"max by ({', '.join(unlisted)}) (streams_unlisted_{metric})", heading)
                for metric, heading in (("label_values", "values"), ("counts", "count"))
            ),
        ),
        _stat("active_not_shown", newest("streams_active_outages_not_shown"), "massoutage", steps=((1, WATCH),)),
    ]  # fmt: skip


def _pager() -> list[Panel]:
    waiting = "streams_pager_oldest_message_seconds"
    return [
        _stat("pages", newest("streams_pager_pages"), "pagesnotdelivered", labels=("state",)),
        _stat("given_up", newest("streams_pager_pages_given_up"), "pagesnotdelivered", steps=((1, ALARM),)),
        _stat(
            "oldest_message", newest(waiting), "pagesnotdelivered", unit="s", steps=((UNDELIVERED_SECONDS, ALARM),),
        ),
        _series(
            "pager_messages", "sum by (outcome) (increase(streams_pager_messages_total[1h]))", "pagesnotdelivered",
            ("outcome",),
        ),
    ]  # fmt: skip


def _stat(
    key: str,
    expr: str,
    runbook: str,
    labels: tuple[str, ...] = (),
    unit: str = "short",
    steps: tuple[tuple[float, str], ...] = (),
) -> Panel:
    query = Query(expr, labels=labels)
    return Panel(key=key, form="stat", unit=unit, width=8, height=5, steps=steps, queries=(query,), runbook=runbook)


def _series(
    key: str,
    expr: str,
    runbook: str,
    labels: tuple[str, ...],
    unit: str = "short",
    steps: tuple[tuple[float, str], ...] = (),
) -> Panel:
    return Panel(key=key, form="series", unit=unit, steps=steps, queries=(Query(expr, labels=labels),), runbook=runbook)
