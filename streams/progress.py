"""How long work shows its progress in the terminal: one look for every command."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

NAME_COLUMNS = 24


def new_progress(console: Console) -> Progress:
    """Return bars with name, share done and time, drawn on `console` while its `with` block runs."""
    name = TextColumn(f"{{task.description:{NAME_COLUMNS}}}")
    return Progress(name, BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console)
