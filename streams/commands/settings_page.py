"""Makes docs/settings.md: every variable of the environment that is read, with its default and what it accepts."""

from __future__ import annotations

from streams.settings import Settings, Variable

SETTINGS_PAGE = "docs/settings.md"
_HEADING = """\
<!-- Made by `streams generate`; do not edit. -->
# Settings

All are variables of the environment; one that is empty counts as not set. `streams check` shows what they are now.
Channels of the pager have one each, too: `STREAMS_CHANNEL_` and the channel's name in `roster.yaml`, an apprise URL.

| variable | what it says | default | accepts |
|---|---|---|---|
"""


def settings_page() -> str:
    """Return the page as Markdown."""
    return _HEADING + "".join(map(_row, Settings.table()))


def _row(variable: Variable) -> str:
    default = f"`{variable.default}`" if variable.default else "–"
    return f"| `{variable.name}` | {variable.sentence} | {default} | {variable.accepts} |\n"
