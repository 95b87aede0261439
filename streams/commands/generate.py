"""`streams generate`: the files that are made from the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from streams import asyncapi
from streams.commands.common import Command

CHECKOUT = Path(__file__).parents[2]
FILES: dict[Path, Callable[[], str]] = {CHECKOUT / "deploy" / "asyncapi.yaml": asyncapi.document_text}
"""Each file with what makes its text."""


@click.command(
    "generate",
    cls=Command,
    short_help="write the files made from the code",
    examples=["streams generate", "streams generate --check"],
    reads=[],
)
@click.option(
    "--check", "only_check", is_flag=True, help="write nothing; exit code 1 if a file is not as it would be made"
)
@click.pass_context
def command(ctx: click.Context, *, only_check: bool) -> None:
    """Write the files that are made from the code: deploy/asyncapi.yaml, the contract of topics and messages.

    They are committed, so that a change of the contract shows in a review.
    """
    stale = [path for path, make in FILES.items() if not path.exists() or path.read_text(encoding="utf-8") != make()]
    for path in stale:
        if not only_check:
            path.write_text(FILES[path](), encoding="utf-8")
        click.echo(f"{path.relative_to(CHECKOUT)} {'differs: run `streams generate`' if only_check else 'written'}")
    if not stale:
        click.echo("All generated files are as they should be.")
    ctx.exit(int(only_check and bool(stale)))
