"""How long a worker takes to take over partitions with a long log behind them, and whether the figures stand still."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench import workload
from bench.installation import PARTITIONS, Installation, apache_kafka
from bench.processes import SETTLED, StreamsProcess, wait_until
from bench.results import Figure, Result, Scale
from streams.core.head import Head

SESSION_TIMEOUT = "8"
"""The default of STREAMS_SESSION_TIMEOUT_SECONDS: so long the group waits for a worker that was killed."""
CHECKPOINT_SECONDS = 10
LOOK_SECONDS = 0.2
MEBIBYTE = 2**20


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One take-over of all partitions by a worker that is started the moment the last one is killed."""

    from_assignment_seconds: float
    from_kill_seconds: float
    pictures: int
    resident_bytes: int


def run(scale: Scale) -> Result:
    """Kill -9 the worker of all partitions and let a new one take over, in turn with and without checkpoints."""
    events = scale.takeover_tickets * workload.REVISIONS
    with apache_kafka() as (connection, folder):
        installation = Installation(connection, "bench-takeover-", folder)
        installation.fill(workload.records(scale.takeover_tickets, until=time.time_ns() // 1_000))
        serve = installation.process("serve", "serve").start()
        worker, checkpoints = _first_worker(installation)
        wait_until(lambda: serve.metric("streams_figures_shown") == 1, "serve shows figures")
        cold, warm = [], []
        for repetition in range(scale.repetitions):
            worker, taken = _take_over(installation, serve, worker, f"cold-{repetition}")
            cold.append(taken)
            worker, taken = _take_over(installation, serve, worker, f"warm-{repetition}", DATA_DIR=str(checkpoints))
            warm.append(taken)
        worker.end()
        serve.end()
    return _result(events, cold, warm)


def _first_worker(installation: Installation) -> tuple[StreamsProcess, Path]:
    """Return a worker that has settled everything, and the folder of the checkpoints that it has written since."""
    folder = installation.folder / "checkpoints"
    worker = installation.process(
        "worker",
        "first",
        DATA_DIR=str(folder),
        CHECKPOINT_SECONDS=str(CHECKPOINT_SECONDS),
        SESSION_TIMEOUT_SECONDS=SESSION_TIMEOUT,
    ).start()
    wait_until(lambda: worker.metric(SETTLED) == PARTITIONS, "the first worker is settled")
    wait_until(lambda: len(list(folder.glob("*.checkpoint"))) == PARTITIONS, "all checkpoints are written")
    return worker, folder


def _take_over(
    installation: Installation, serve: StreamsProcess, worker: StreamsProcess, name: str, **settings: str
) -> tuple[StreamsProcess, Taken]:
    former = installation.totals().heads()
    pictures: set[frozenset[str]] = set()
    finished = threading.Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        looking = pool.submit(_look, serve, pictures, finished)
        try:
            worker.end(signal.SIGKILL)
            killed_at = time.time()
            successor = installation.process(
                "worker", name, SESSION_TIMEOUT_SECONDS=SESSION_TIMEOUT, **settings
            ).start()
            wait_until(lambda: successor.metric(SETTLED) == PARTITIONS, f"the successor {name} is settled")
            wait_until(lambda: _all_moved(former, installation.totals().heads()), "the successor has published")
        finally:
            finished.set()
        looking.result()
    assigned = successor.log_times("partitions assigned")[0]
    settled_at = max(line["at"] for line in successor.log_times("partition settled"))
    return successor, Taken(
        from_assignment_seconds=settled_at - assigned["at"] + assigned["seconds"],
        from_kill_seconds=settled_at - killed_at,
        pictures=len(pictures),
        resident_bytes=successor.resident_bytes(),
    )


def _all_moved(former: dict[int, Head], heads: dict[int, Head]) -> bool:
    return all(heads[partition] != head for partition, head in former.items())


def _look(serve: StreamsProcess, pictures: set[frozenset[str]], finished: threading.Event) -> None:
    """Collect every different picture of the months' figures on /metrics; one without any figures is a picture too."""
    while not finished.is_set():
        series = serve.metrics().items()
        pictures.add(frozenset(f"{name} {value}" for name, value in series if 'window="month"' in name))
        time.sleep(LOOK_SECONDS)


def _result(events: int, cold: list[Taken], warm: list[Taken]) -> Result:
    figures = []
    for how, takeovers, aim in (("without a checkpoint", cold, "≤ 20"), ("from a checkpoint", warm, "≤ 5")):
        figures += [
            Figure(
                what=f"{how}: assignment to settled",
                values=[taken.from_assignment_seconds for taken in takeovers],
                unit="s",
                aim=aim,
            ),
            Figure(what=f"{how}: kill to settled", values=[taken.from_kill_seconds for taken in takeovers], unit="s"),
            Figure(
                what=f"{how}: different months' figures seen on /metrics",
                values=[float(taken.pictures) for taken in takeovers],
                unit="pictures",
                aim="1",
            ),
            Figure(
                what=f"{how}: memory of the worker then",
                values=[taken.resident_bytes / MEBIBYTE for taken in takeovers],
                unit="MiB",
            ),
        ]
    return Result(
        benchmark="takeover",
        title="Take-over of all partitions after kill -9",
        settings={
            "events behind the horizon": f"{events:,}",
            "partitions": str(PARTITIONS),
            "session timeout": f"{SESSION_TIMEOUT} s",
            "successor": "a new process, started at the kill",
        },
        figures=figures,
    )
