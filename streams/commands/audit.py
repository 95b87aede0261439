"""`streams audit`: a month counted anew from the log."""

from __future__ import annotations

import asyncio
import json

import click

from streams.commands.common import CONNECTION, DEFINITIONS, Command, Period, error_console, set_up
from streams.progress import new_progress
from streams.reports.audit import AuditResult, audit
from streams.reports.reading import NotReady
from streams.reports.recounting import MonthNotWhole


@click.command(
    "audit",
    cls=Command,
    short_help="count a month anew and compare",
    examples=["streams audit 2009-07", "streams audit 2009-07 --json | jq .differences"],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_LOG"],
    mendable=(NotReady, MonthNotWhole),
)
@click.argument("month", type=Period())
@click.option("--json", "as_json", is_flag=True, help="print the result as JSON")
@click.pass_context
def command(ctx: click.Context, month: str, *, as_json: bool) -> None:
    """Count MONTH anew from the log in one pass, and compare every number with the tallies.

    It may run beside working workers. Exit code 0: they agree. 1: they differ; each difference is listed. 2: it cannot
    be told, for instance because the log no longer holds the month.
    """
    setup = set_up("audit")
    with new_progress(error_console()) as progress:
        task = progress.add_task(f"Counting {month} anew", total=None)
        result = asyncio.run(
            audit(
                setup.connection,
                setup.settings,
                setup.definitions,
                month,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        )
    click.echo(_as_json(result) if as_json else _in_words(result))
    ctx.exit(result.exit_code)


def _as_json(result: AuditResult) -> str:
    return json.dumps(
        {
            "period": result.period,
            "records": result.records,
            "facts": result.facts,
            "differences": [
                {**difference._asdict(), "bucket": difference.bucket._asdict()} for difference in result.differences
            ],
            "ids_under_two_keys": result.ids_under_two_keys,
            "moved_out_of_closed": result.moved_out_of_closed,
        },
        ensure_ascii=False,
        indent=1,
    )


def _in_words(result: AuditResult) -> str:
    counted = f"{result.period}: {result.records:,} records hold {result.facts:,} facts"
    lines = [f"{counted}; {len(result.differences)} differences between log and tallies"]
    for difference in result.differences:
        labels = ", ".join(label or "all" for label in difference.labels)
        bucket = difference.bucket
        lines.append(
            f"  partition {difference.partition}, {bucket.grain} {bucket.name}, {difference.measure} ({labels}): "
            f"tallied {difference.tallied}, counted {difference.recounted}"
        )
    for words, ids in (
        ("valid under two numbers", result.ids_under_two_keys),
        ("moved out of the month after it was closed", result.moved_out_of_closed),
    ):
        if ids:
            lines.append(f"{len(ids)} {words}: {', '.join(ids)}")
    return "\n".join(lines)
