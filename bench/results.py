"""What a benchmark found: figures with every repetition's value, shown as a table and kept as JSON."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from tests.kafka.apache import VERSION


class Figure(msgspec.Struct, kw_only=True):
    """One measured thing: its values, one for each repetition, and what was aimed at (said, never asserted)."""

    what: str
    values: list[float]
    unit: str
    aim: str = ""

    def shown(self) -> tuple[str, str, str, str, str]:
        """Return the figure's row: what, median, spread, unit, aim."""
        spread = f"{_number(min(self.values))} – {_number(max(self.values))}" if len(self.values) > 1 else ""
        return self.what, _number(median(self.values)), spread, self.unit, self.aim


class Result(msgspec.Struct, kw_only=True):
    """One benchmark's figures, with the settings that they depend on."""

    benchmark: str
    title: str
    settings: dict[str, str]
    figures: list[Figure]


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """How much work the benchmarks do."""

    tickets: int
    takeover_tickets: int
    repetitions: int
    latency_seconds: float
    storm_month: int
    storm_tickets: int
    storm_seconds: float
    month_tickets: int


FULL = Scale(
    tickets=73_000,
    takeover_tickets=333_334,
    repetitions=3,
    latency_seconds=30.0,
    storm_month=20_000,
    storm_tickets=5_000,
    storm_seconds=60.0,
    month_tickets=1_000_000,
)
QUICK = Scale(
    tickets=3_000,
    takeover_tickets=3_000,
    repetitions=1,
    latency_seconds=3.0,
    storm_month=2_000,
    storm_tickets=300,
    storm_seconds=5.0,
    month_tickets=3_000,
)


def machine() -> dict[str, str]:
    """Return what a reader needs to know of the machine: processors, memory, versions, load when asked."""
    load = os.getloadavg()[0]
    return {
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "kafka": f"{VERSION}, one node on the same machine",
        "load at start": f"{load:.2f}",
    }


def show(result: Result, console: Console) -> None:
    """Print a result as a table."""
    table = Table(title=result.title, title_justify="left", caption=_sentence(result.settings), caption_justify="left")
    table.add_column("")
    table.add_column("median", justify="right")
    table.add_column("lowest – highest", justify="right")
    table.add_column("unit")
    table.add_column("aim")
    for figure in result.figures:
        table.add_row(*figure.shown())
    console.print(table)


def write(path: Path, results: list[Result]) -> None:
    """Write all results, and the machine that they were found on, as JSON."""
    found = {"machine": machine(), "results": results}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def _sentence(settings: dict[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in settings.items())


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
