"""`python -m bench [NAME…] [--quick] [--out FILE]`: runs benchmarks, shows their tables, writes the figures as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bench import board, hot_path, kinds, latency, memory, month, reading, storm, takeover, throughput
from bench.results import FULL, QUICK, Result, Scale, show, write

BENCHMARKS: dict[str, Callable[[Scale], Result]] = {
    "throughput": throughput.run,
    "kinds": kinds.run,
    "profile": hot_path.run,
    "reading": reading.run,
    "memory": memory.run,
    "latency": latency.run,
    "storm": storm.run,
    "takeover": takeover.run,
    "month": month.run,
    "board": board.run,
}


def main(arguments: list[str] | None = None) -> list[Result]:
    """Run the benchmarks that are named (all if none is) and return what they found."""
    chosen = _parser().parse_args(arguments)
    console = Console()
    results = []
    for name in chosen.benchmarks or BENCHMARKS:
        console.print(f"[bold]{name}[/bold] …")
        results.append(BENCHMARKS[name](QUICK if chosen.quick else FULL))
        show(results[-1], console)
    if chosen.out:
        write(chosen.out, results)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("benchmarks", nargs="*", type=_benchmark, metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="little work, once: to see that it runs")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures as JSON")
    return parser


def _benchmark(name: str) -> str:
    if name not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(BENCHMARKS)}")
    return name


if __name__ == "__main__":
    main()
