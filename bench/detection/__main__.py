"""`python -m bench.detection [--quick] [--seeds FIRST-LAST] [--volume N]`: detection on simulated cities, with rivals.

The rules were tuned on seeds from 1 to 10; what is reported is found on 101 to 120.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench.detection import contenders
from bench.detection.city import City, Plan, simulate
from bench.detection.scoring import Alarm, Score, score

REPORTED = (101, 120)
RIVAL_SEEDS = 3
QUICK_SEEDS = 2
WIDTH = 170

Contender = Callable[[City], list[Alarm]]

GOAL = Plan(outages=20, waves=2, smallest=4.0, largest=4.0, blocks_only=True)
"""The goal to the letter: every outage adds four tickets in five minutes to one cell."""
SCENES = {
    "quiet months, no outage": Plan(),
    "outages of exactly 4 per 5 min in one block": GOAL,
    "outages of 4 to 8 in blocks, ranges, exchanges, branches": Plan(outages=20, waves=2),
    "nothing to learn from: counted from the first day": msgspec.structs.replace(GOAL, learning_days=0),
}
RIVALS: dict[str, Contender] = {
    "ours": contenders.ours,
    "Poisson limit, p < 0.001": lambda city: contenders.rival(city, contenders.poisson(1e-3)),
    "Poisson limit, p < 0.000001": lambda city: contenders.rival(city, contenders.poisson(1e-6)),
    "EWMA, 3 deviations": lambda city: contenders.rival(city, contenders.ewma(3)),
    "EWMA, 20 deviations": lambda city: contenders.rival(city, contenders.ewma(20)),
    "river ADWIN, delta 0.002": lambda city: contenders.rival(city, contenders.adwin(0.002)),
    "river Page-Hinkley, threshold 10": lambda city: contenders.rival(city, contenders.page_hinkley(10)),
}


def main(arguments: list[str] | None = None) -> None:
    """Simulate, detect, score and show the tables."""
    chosen = _parser().parse_args(arguments)
    first, last = chosen.seeds
    seeds = range(first, min(last, first + QUICK_SEEDS - 1) + 1 if chosen.quick else last + 1)
    console = Console(width=WIDTH)
    table = _table(f"Our detector, seeds {seeds[0]} to {seeds[-1]}, {chosen.volume:g} tickets a cell and hour")
    for name, plan in SCENES.items():
        _add(table, name, *_run(contenders.ours, seeds, msgspec.structs.replace(plan, volume=chosen.volume)))
    console.print(table)
    few = seeds[:RIVAL_SEEDS]
    table = _table(f"Against others on the same streams, seeds {few[0]} to {few[-1]}: 4 per 5 min in one block")
    for name, contender in RIVALS.items():
        _add(table, name, *_run(contender, few, msgspec.structs.replace(GOAL, waves=0, volume=chosen.volume)))
    console.print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two cities only")
    parser.add_argument("--seeds", type=_seeds, default=REPORTED, metavar="FIRST-LAST", help="which cities")
    parser.add_argument("--volume", type=float, default=Plan().volume, help="tickets a cell and hour")
    return parser


def _seeds(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def _run(contender: Contender, seeds: Iterable[int], plan: Plan) -> tuple[list[Score], float]:
    """Return the scores of the cities, and the microseconds that a ticket took."""
    scores, seconds, tickets = [], 0.0, 0
    for seed in seeds:
        city = simulate(seed, plan)
        began = time.perf_counter()
        alarms = contender(city)
        seconds += time.perf_counter() - began
        tickets += len(city.told)
        scores.append(score(city, alarms))
    return scores, seconds / tickets * 1e6


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    columns = ("false alarms in 30 days", "found", "delay median, P95 (min)", "right cell or parent", "linked, others")
    for column in (*columns, "waves told", "µs a ticket"):
        table.add_column(column, justify="right")
    return table


def _add(table: Table, name: str, scores: list[Score], microseconds: float) -> None:
    delays = sorted(delay for each in scores for delay in each.delays)
    outages, waves = sum(each.outages for each in scores), sum(each.waves for each in scores)
    late = f"{median(delays):.1f}, {delays[int(len(delays) * 0.95)]:.1f}" if delays else "–"
    linked, others = (_share([getattr(each, field) for each in scores]) for field in ("linked", "others"))
    table.add_row(
        name,
        f"{sum(each.false_alarms + each.again for each in scores) / len(scores):.2f}",
        f"{len(delays)} of {outages}" if outages else "–",
        late,
        f"{sum(each.right_cells for each in scores) / len(delays):.1%}" if delays else "–",
        f"{linked}, {others}" if outages else "–",
        f"{sum(each.waves_called_waves for each in scores)} of {waves}" if waves else "–",
        f"{microseconds:.0f}",
    )


def _share(pairs: list[tuple[int, int]]) -> str:
    whole = sum(pair[1] for pair in pairs)
    return f"{sum(pair[0] for pair in pairs) / whole:.2%}" if whole else "–"


if __name__ == "__main__":
    main()
