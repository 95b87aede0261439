"""`streams report`: a month's report as slides, workbook, paper and page."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from streams.commands.common import CONNECTION, DEFINITIONS, Cannot, Command, Period, Setup, error_console, set_up
from streams.core.snapshot import Snapshot, SnapshotError
from streams.kafka.edition_log import read_editions
from streams.progress import new_progress
from streams.reports.document import (
    FORMATS,
    LANGUAGES,
    Language,
    TemplateError,
    TextsError,
    write_report_of,
)
from streams.reports.reading import NotReady
from streams.reports.snapshot_files import REPORTS, take_snapshot


class Formats(click.ParamType):
    """Formats, with commas between them."""

    name = ",".join(FORMATS)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the formats in the order in which they are written."""
        asked = {one.strip() for one in value.split(",")}
        unknown = asked.difference(FORMATS)
        if unknown:
            self.fail(f"{', '.join(sorted(unknown))}: there are {', '.join(FORMATS)}", param, ctx)
        return tuple(one for one in FORMATS if one in asked)


@click.command(
    "report",
    cls=Command,
    short_help="the month's report: slides, workbook, paper, page",
    examples=[
        "streams report 2009-07",
        "streams report 2009-07 --format pptx,xlsx --lang en --out /tmp/july",
        "streams report 2009-07 --snapshot reports/2009-07/snapshot.json",
    ],
    reads=[*CONNECTION, *DEFINITIONS, "STREAMS_REPORT_TEXT_DIR", "STREAMS_LOG"],
    mendable=(NotReady, SnapshotError, TextsError, TemplateError),
)
@click.argument("month", type=Period())
@click.option("--format", "formats", type=Formats(), default=",".join(FORMATS), show_default=True)
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="the folder [default: reports/MONTH]")
@click.option(
    "--snapshot",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="make it of this snapshot; no broker is needed then",
)
def command(month: str, formats: tuple[str, ...], language: Language, out: Path | None, file: Path | None) -> None:
    """Write the report of MONTH, in the chapters of the printed one, to report.pptx, .xlsx, .docx and .html.

    A frozen month is reported as its edition in force says, another one as the tallies stand, and says so on its first
    page. What no figure gives (projects, highlights, defects, cases, plans) comes from report-text/MONTH.yaml beside
    targets.yaml, or from STREAMS_REPORT_TEXT_DIR; type faces and colours from report-template.pptx and .docx beside
    targets.yaml: all belong to those who write the report. The same snapshot, texts and templates give the same bytes.
    """
    setup = set_up("report")
    snapshot = asyncio.run(_of_broker(setup, month)) if file is None else _of_file(file, month)
    folder = REPORTS / month if out is None else out
    with new_progress(error_console()) as progress:
        task = progress.add_task(f"Writing the report of {month}", total=len(formats))
        settings = setup.settings
        for path in write_report_of(
            snapshot,
            setup.definitions,
            settings.definitions_dir,
            language,
            formats,
            folder,
            settings.report_text_dir,
        ):
            progress.advance(task)
            progress.console.print(f"Written: {path}", highlight=False, soft_wrap=True)


def _of_file(path: Path, month: str) -> Snapshot:
    try:
        snapshot = msgspec.json.decode(path.read_bytes(), type=Snapshot)
    except (OSError, msgspec.DecodeError) as error:
        raise Cannot(f"{path} holds no snapshot: {error}") from error
    if snapshot.period != month:
        raise Cannot(f"{path} is the snapshot of {snapshot.period}, not of {month}")
    return snapshot


async def _of_broker(setup: Setup, month: str) -> Snapshot:
    """Return the edition in force of a frozen month, else what the tallies say now."""
    settings = setup.settings
    editions = await read_editions(setup.connection, settings.prefix, settings.partitions)
    in_force = editions.last(month)
    if in_force is None:
        return await take_snapshot(setup.connection, settings, setup.definitions, month)
    return msgspec.json.decode(editions.document(in_force), type=Snapshot)
