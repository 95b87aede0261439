"""Simulated cities: 300 cells whose tickets are negative binomial in every cell and hour, variance twice the mean.

A negative binomial count is a Poisson number of clusters whose sizes follow the logarithmic distribution; the tickets
of a cluster fall anywhere within their hour. Day and week have their shape, holidays are busier or calmer, some cells
shift their level for good, and some lines report more than once.
"""

from __future__ import annotations

from itertools import accumulate
from math import exp, log, sqrt
from random import Random

import msgspec

from streams.core.detection.signals import CellPath, Signal
from streams.core.months import DAY, HOUR, MINUTE, SECOND

BRANCHES = {"安岳": "512", "简阳": "712", "乐至": "312", "现业": "612"}
PREFIXES_A_BRANCH = 6
BLOCKS = 300
DISPERSION = 2.0
BEGIN = 1_243_814_400 * SECOND - 8 * HOUR
"""1 June 2009, a Monday, 00:00 in Asia/Shanghai."""

_CLUSTER = 1 - 1 / DISPERSION
_DAY = (6, 4, 3, 3, 3, 5, 9, 16, 30, 38, 38, 32, 24, 24, 28, 32, 32, 30, 28, 34, 38, 32, 22, 12)
_WEEK = (1.1, 1.05, 1.0, 1.0, 1.05, 0.95, 0.85)
_AGAIN = 0.05


class Truth(msgspec.Struct, frozen=True):
    """An outage or wave that was put in: its cell (() for a wave), numbers if only some are out, from when to when."""

    cell: CellPath
    begin: int
    end: int
    per_five_minutes: float
    numbers: tuple[str, str] | None = None


class Told(msgspec.Struct, frozen=True):
    """A simulated ticket: the signal, and the number of the truth that it belongs to, None for an ordinary one."""

    signal: Signal
    truth: int | None


class City(msgspec.Struct, frozen=True):
    """A simulated city: its leaves with their true means of each hour, its tickets in order, what was put in.

    What comes before `counted_from` is there to learn from.
    """

    leaves: tuple[CellPath, ...]
    means: dict[CellPath, list[float]]
    told: list[Told]
    truths: list[Truth]
    counted_from: int
    end: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated. Volume is in tickets a cell and hour; days before `learning_days` have no outages."""

    volume: float = 0.14
    learning_days: int = 28
    days: int = 30
    outages: int = 0
    smallest: float = 4.0
    largest: float = 8.0
    blocks_only: bool = False
    waves: int = 0
    shifted_share: float = 0.1
    shift: float = 2.0
    holidays: int = 3


def simulate(seed: int, plan: Plan) -> City:
    """Return the city of a seed."""
    random = Random(seed)
    leaves = _leaves()
    length = plan.learning_days + plan.days
    counted_from, end = BEGIN + plan.learning_days * DAY, BEGIN + length * DAY
    ordinary, means = _ordinary(random, leaves, plan, length)
    told = [Told(signal, None) for signal in ordinary]
    truths = _truths(random, leaves, plan, counted_from, end)
    for number, truth in enumerate(truths):
        told += [Told(signal, number) for signal in _reports(random, leaves, truth, number)]
    told.sort(key=lambda each: (each.signal.at, each.signal.id))
    return City(leaves, means, told, truths, counted_from, end)


def _leaves() -> tuple[CellPath, ...]:
    prefixes = [
        (branch, f"{int(first) + 10 * number}")
        for branch, first in BRANCHES.items()
        for number in range(PREFIXES_A_BRANCH)
    ]
    return tuple(
        (*prefixes[number % len(prefixes)], f"{prefixes[number % len(prefixes)][1]}{number // len(prefixes) % 10}")
        if number // len(prefixes) < 10
        else (
            *prefixes[number % len(prefixes)],
            f"{int(prefixes[number % len(prefixes)][1]) + 5}{number // len(prefixes) % 10}",
        )
        for number in range(BLOCKS)
    )


def _ordinary(
    random: Random, leaves: tuple[CellPath, ...], plan: Plan, days: int
) -> tuple[list[Signal], dict[CellPath, list[float]]]:
    """Return the ordinary tickets, and every leaf's mean of each hour."""
    sizes = [random.lognormvariate(0, 0.5) for _ in leaves]
    shifted = set(random.sample(range(len(leaves)), int(plan.shifted_share * len(leaves))))
    shift_days = {cell: random.randrange(days) for cell in shifted}
    factors = {cell: random.choice((plan.shift, 1 / plan.shift)) for cell in shifted}
    holidays = {random.randrange(days): random.choice((0.6, 1.4)) for _ in range(plan.holidays)}
    scale = plan.volume * len(leaves) / sum(sizes)
    mean_of_day, mean_of_week = sum(_DAY) / 24, sum(_WEEK) / 7
    mean_cluster = _CLUSTER / (1 - _CLUSTER) / -log(1 - _CLUSTER)
    signals: list[Signal] = []
    means: dict[CellPath, list[float]] = {leaf: [] for leaf in leaves}
    for day in range(days):
        rates = [
            size * scale * (factors[cell] if cell in shifted and shift_days[cell] <= day else 1)
            for cell, size in enumerate(sizes)
        ]
        cumulated = list(accumulate(rates))
        busy = _WEEK[day % 7] / mean_of_week * holidays.get(day, 1.0)
        for hour in range(24):
            begin = BEGIN + day * DAY + hour * HOUR
            times = busy * _DAY[hour] / mean_of_day
            for leaf, rate in zip(leaves, rates, strict=True):
                means[leaf].append(rate * times)
            clusters = cumulated[-1] * times / mean_cluster
            for cell in random.choices(range(len(leaves)), cum_weights=cumulated, k=_poisson(random, clusters)):
                for _ in range(_logarithmic(random)):
                    line = _line(random, leaves[cell])
                    signals.append(_signal(random, len(signals), begin, line, leaves[cell]))
                    if random.random() < _AGAIN:
                        signals.append(_signal(random, len(signals), begin, line, leaves[cell]))
    return signals, means


def _signal(random: Random, number: int, begin: int, line: str, leaf: CellPath) -> Signal:
    return Signal(id=f"t{number}", at=begin + random.randrange(HOUR), line=line, leaves=(leaf,))


def _line(random: Random, leaf: CellPath) -> str:
    return f"{leaf[-1]}{random.randrange(1000):03}"


def _poisson(random: Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(random.gauss(mean, sqrt(mean))))
    limit, count, product = exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def _logarithmic(random: Random) -> int:
    """Return the size of a cluster."""
    draw, size = random.random(), 1
    probability = -_CLUSTER / log(1 - _CLUSTER)
    while draw > probability:
        draw -= probability
        size += 1
        probability *= _CLUSTER * (size - 1) / size
    return size


def _truths(random: Random, leaves: tuple[CellPath, ...], plan: Plan, begin: int, end: int) -> list[Truth]:
    """Return outages and waves, spread over the time that counts, so that one is over before the next begins."""
    total = plan.outages + plan.waves
    if not total:
        return []
    kinds = ["wave"] * plan.waves + ["outage"] * plan.outages
    random.shuffle(kinds)
    step = (end - begin) // total
    truths = []
    for number, kind in enumerate(kinds):
        start = begin + number * step + random.randrange(max(1, step - 4 * HOUR))
        length = random.randrange(40 * MINUTE, 3 * HOUR)
        size = random.uniform(plan.smallest, plan.largest)
        truths.append(_wave(plan, start) if kind == "wave" else _outage(random, leaves, plan, start, length, size))
    return truths


def _wave(plan: Plan, start: int) -> Truth:
    """A wave lasts two hours and brings five times the city's mean on top."""
    return Truth((), start, start + 2 * HOUR, 5 * plan.volume * BLOCKS / 12)


def _outage(random: Random, leaves: tuple[CellPath, ...], plan: Plan, start: int, length: int, size: float) -> Truth:
    """Most are in one block, some in a range of numbers within it, some in an exchange, a few in a branch."""
    leaf = random.choice(leaves)
    draw = random.random()
    if draw < 0.25:
        first = random.randrange(0, 872)
        numbers = f"{leaf[-1]}{first:03}", f"{leaf[-1]}{first + 127:03}"
        return Truth(leaf, start, start + length, size, numbers)
    if draw < 0.7 or plan.blocks_only:
        return Truth(leaf, start, start + length, size)
    if draw < 0.9:
        return Truth(leaf[:2], start, start + length, size)
    return Truth(leaf[:1], start, start + length, 3 * size)


def _reports(random: Random, leaves: tuple[CellPath, ...], truth: Truth, number: int) -> list[Signal]:
    inside = [leaf for leaf in leaves if leaf[: len(truth.cell)] == truth.cell]
    mean_gap = 5 * MINUTE / truth.per_five_minutes
    signals: list[Signal] = []
    at = truth.begin + int(random.expovariate(1) * mean_gap)
    while at < truth.end:
        leaf = random.choice(inside)
        line = _line(random, leaf)
        if truth.numbers:
            line = str(random.randint(int(truth.numbers[0]), int(truth.numbers[1])))
        signals.append(Signal(id=f"o{number}-{len(signals)}", at=at, line=line, leaves=(leaf,), symptom="无法上网"))
        at += int(random.expovariate(1) * mean_gap)
    return signals
