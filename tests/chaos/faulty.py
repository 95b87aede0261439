"""Runs a worker that named faults befall, which the product knows nothing of.

`python -m tests.chaos.faulty FAULT[=ARGUMENT]…`
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streams.cli import main
from streams.core.head import HEAD_KEY
from streams.core.intake import Intake
from streams.core.known_outages import COPIES_TOPIC
from streams.core.rounds import Outgoing
from streams.core.takeover import Takeover
from streams.settings import Settings
from streams.worker import outbox
from streams.worker import run as running
from streams.worker.outbox import OrderedOutbox
from streams.worker.owner import Owner
from streams.worker.watchdog import Watchdog


def stop_inside_batch(count: str) -> None:
    """Stand still (SIGSTOP) in the middle of a batch, at the message of this number; once, not after a restart."""
    judge, seen, mark = Intake.judge, [0], _mark("stopped")

    def judge_and_stop(self: Intake, *arguments: Any) -> Any:
        seen[0] += 1
        if seen[0] == int(count) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGSTOP)
        return judge(self, *arguments)

    Intake.judge = judge_and_stop  # type: ignore[method-assign]


def stop_inside_round(count: str) -> None:
    """Stand still (SIGSTOP) in the middle of the round of this number, before its head leaves; once."""
    deliver, seen, mark = outbox._deliver, [0], _mark("stopped")

    async def stop_and_deliver(producer: Any, prefix: str, records: Sequence[Outgoing]) -> None:
        seen[0] += any(record.key == HEAD_KEY for record in records)
        if seen[0] >= int(count) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGSTOP)
        await deliver(producer, prefix, records)

    outbox._deliver = stop_and_deliver  # type: ignore[assignment]


def die_before_round(topic_end: str) -> None:
    """End as a crash would, right before the round that would publish the message of this number; once."""
    send, mark = Owner.send_rounds, _mark("died")

    async def send_or_die(self: Owner) -> None:
        taken_in = sum(sum(partition.outcomes.values()) for partition in self.partitions.values())
        if taken_in >= int(topic_end) and self.settled() and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        await send(self)

    Owner.send_rounds = send_or_die  # type: ignore[method-assign]


def die_before_copies(times: str) -> None:
    """End as a crash would, right before a round that would copy an outage to every partition; so many times."""
    send, marks = Owner.send_rounds, [_mark(f"died {number}") for number in range(int(times))]

    async def send_or_die(self: Owner) -> None:
        effects = [effect for partition in self.partitions.values() for effect in partition._intake._effects]
        mark = next((mark for mark in marks if not mark.exists()), None)
        if mark is not None and self.settled() and any(effect.topic == COPIES_TOPIC for effect in effects):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        await send(self)

    Owner.send_rounds = send_or_die  # type: ignore[method-assign]


def resume_at_applied(_: str) -> None:
    """Read on where the last head stands, not at the horizon, as a consumer that trusts committed offsets would."""

    def start(self: Takeover, topic: str) -> int:
        return 0 if self.head is None else self.head.applied.get(topic, 0)

    Takeover.start = start  # type: ignore[method-assign]


def no_transactions(_: str) -> None:
    """Send in order and unfenced, as on the embedded broker, whatever the broker can do."""
    running.outbox_for = lambda connection, prefix, cluster: OrderedOutbox(connection, prefix)


def no_watchdog(_: str) -> None:
    """Go on after having stood still."""
    Watchdog.start = Watchdog.check_awake = lambda self: None  # type: ignore[method-assign]


def _mark(name: str) -> Path:
    folder = Settings.from_environment().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


FAULTS: dict[str, Callable[[str], None]] = {
    fault.__name__: fault
    for fault in (
        stop_inside_batch,
        stop_inside_round,
        die_before_round,
        die_before_copies,
        resume_at_applied,
        no_transactions,
        no_watchdog,
    )
}

if __name__ == "__main__":
    for word in sys.argv[1:]:
        name, _, argument = word.partition("=")
        FAULTS[name](argument)
    sys.argv[1:] = ["worker"]
    main()
