"""`streams generate`: the files that are made from the code."""

from __future__ import annotations

from pathlib import Path

import click

from streams import asyncapi
from streams.alerting.roster_file import ROSTER_FILE, RosterError, load_roster
from streams.alerting.rules.alert import RUNBOOK
from streams.alerting.rules.figures import not_shown
from streams.alerting.rules.files import files as alerting_files
from streams.alerting.rules.planned_work import PLANNED_WORK_FILE, PlannedWorkError, load_planned_work
from streams.alerting.rules.scraping import Endpoints
from streams.commands.common import DEFINITIONS, Command
from streams.commands.settings_page import SETTINGS_PAGE, settings_page
from streams.dashboards.files import files as dashboard_files
from streams.definitions import load
from streams.settings import Settings

CHECKOUT = Path(__file__).parents[2]


@click.command(
    "generate",
    cls=Command,
    short_help="write the files made from the code",
    examples=["streams generate", "streams generate --check"],
    reads=[*DEFINITIONS, "STREAMS_SERVE", "STREAMS_WORKER_WEB", "STREAMS_PAGER"],
    mendable=(RosterError, PlannedWorkError),
)
@click.option(
    "--check", "only_check", is_flag=True, help="write nothing; exit code 1 if a file is not as it would be made"
)
@click.pass_context
def command(ctx: click.Context, *, only_check: bool) -> None:
    """Write the files that are made from the code and from what deploy/ says.

    They are deploy/asyncapi.yaml, the contract of topics and messages, docs/settings.md, Grafana's dashboards in
    grafana/dashboards/, and what Prometheus and Alertmanager are told: prometheus/, alertmanager/ and compose/ beside
    targets.yaml and roster.yaml, whose change changes them. They are committed, so that a change shows in a review.
    """
    made = generated(Settings.from_environment())
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        shown = path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path
        click.echo(f"{shown} {'differs: run `streams generate`' if only_check else 'written'}")
    if not stale:
        click.echo("All generated files are as they should be.")
    ctx.exit(int(only_check and bool(stale)))


def generated(settings: Settings) -> dict[Path, str]:
    """Return each file with its text."""
    folder = settings.definitions_dir
    definitions = load(folder, timezone=settings.timezone, ledger_months=settings.ledger_months)
    roster = load_roster(folder / ROSTER_FILE, definitions.branches)
    for target in not_shown(definitions):
        labels = ", ".join(target.labels) or "none"
        click.echo(f"No alert for a target of {target.indicator}: /metrics does not show it by {labels}.", err=True)
    planned = load_planned_work(folder / PLANNED_WORK_FILE, definitions.branches)
    alerting = alerting_files(definitions, roster, planned, Endpoints.from_settings(settings))
    dashboards = dashboard_files(definitions, (CHECKOUT / RUNBOOK).read_text(encoding="utf-8"))
    return {
        CHECKOUT / "deploy" / "asyncapi.yaml": asyncapi.document_text(),
        CHECKOUT / SETTINGS_PAGE: settings_page(),
        **{folder / path: text for path, text in alerting.items()},
        **{CHECKOUT / "grafana" / "dashboards" / path: text for path, text in dashboards.items()},
    }
