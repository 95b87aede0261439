"""Where a worker's time goes: each layer's share of one event, and the functions that take the most."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import defaultdict
from pathlib import Path

from bench import workload
from bench.feeding import BATCH, Batch, batches_of, feed, folding_partition, settled_partition
from bench.installation import PARTITIONS
from bench.results import Figure, Result, Scale

TOP = 12
CORE = "streams/core/"
BUILT_IN = "~"
"""What cProfile gives for the file of a function that is not Python's."""
LAYERS = {
    "read and check the message": ("events/",),
    "fold (partition, ledger)": ("partition.py", "ledger.py", "takeover.py", "head.py"),
    "contributions": ("contributions/", "months.py", "definitions.py"),
    "difference (counting)": ("counting.py",),
    "tallies": ("tallies.py",),
}
"""Layer → its modules in the core."""


def run(scale: Scale) -> Result:
    """Measure a partition's processor time without a profiler, then profile the counting of a settled one."""
    now = time.time_ns() // 1_000
    records = workload.records(scale.tickets // PARTITIONS, until=now)
    batches = batches_of(records, now)
    settled = [feed(settled_partition(now), batches) for _ in range(scale.repetitions)]
    folding = [feed(folding_partition(now, batches), batches) for _ in range(scale.repetitions)]
    profile = _profile(batches, now)
    whole = sum(seconds for _, seconds in profile)
    return Result(
        benchmark="profile",
        title="Where the time of one event goes, in one partition without Kafka",
        settings={
            "events": f"{len(records):,}",
            "batch": f"{BATCH} records",
            "shares": "time under cProfile, built-ins counted to their callers",
        },
        figures=[
            _of_an_event("an event, settled", settled, len(records)),
            _of_an_event("an event, folding anew and counted once", folding, len(records)),
            *_layers(profile, whole),
            *(
                Figure(what=f"· {name}", values=[seconds / whole * 100], unit="%")
                for name, seconds in sorted(profile, key=_longest_first)[:TOP]
            ),
        ],
    )


def _of_an_event(what: str, seconds: list[float], events: int) -> Figure:
    return Figure(what=what, values=[took / events * 1e6 for took in seconds], unit="µs of processor")


def _profile(batches: list[Batch], now: int) -> list[tuple[str, float]]:
    """Return (function, seconds) of counting all batches: its own, and those of the built-ins that it calls."""
    partition = settled_partition(now)
    profiler = cProfile.Profile()
    profiler.runcall(feed, partition, batches)
    spent: defaultdict[str, float] = defaultdict(float)
    for function, (_, _, seconds, _, callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if function[0] == BUILT_IN:
            for caller, (_, _, seconds_for_caller, _) in callers.items():
                spent[_name(caller)] += seconds_for_caller
        else:
            spent[_name(function)] += seconds
    return list(spent.items())


def _name(function: tuple[str, int, str]) -> str:
    file, _, name = function
    return f"{file.partition(CORE)[2] or Path(file).name} {name}"


def _layers(profile: list[tuple[str, float]], whole: float) -> list[Figure]:
    shares: defaultdict[str, float] = defaultdict(float)
    for name, seconds in profile:
        shares[_layer(name)] += seconds
    return [
        Figure(what=layer, values=[seconds / whole * 100], unit="%")
        for layer, seconds in sorted(shares.items(), key=_longest_first)
    ]


def _longest_first(row: tuple[str, float]) -> float:
    return -row[1]


def _layer(name: str) -> str:
    return next((layer for layer, modules in LAYERS.items() if name.startswith(modules)), "other")
