"""How every table in the terminal is laid out."""

from __future__ import annotations

from rich import box
from rich.cells import cell_len
from rich.table import Table


def new_table(title: str) -> Table:
    """Return an empty table below a title."""
    # A title as narrow as a small table would be broken into lines.
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, min_width=cell_len(title))
