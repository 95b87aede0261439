"""Contender: QuixStreams with its state (RocksDB, changelog topic), doing the same job.

Run as a process of its own with its task as JSON; it writes its outcome as JSON.
"""

from __future__ import annotations

from quixstreams import Application, State, message_context

from bench.same_job import SameJob, Task, task_from_arguments


def run(task: Task) -> None:
    """Work through the topic; ends the process."""
    application = Application(
        broker_address=task.bootstrap,
        consumer_group=task.group,
        auto_offset_reset="earliest",
        state_dir=task.folder,
        loglevel="WARNING",
    )
    topic = application.topic(task.topic, key_deserializer="bytes", value_deserializer="bytes")
    job = SameJob(task)

    def count(value: bytes, state: State[str, bytes]) -> bytes:
        state.set_bytes("entry", job.apply(value, message_context().offset, state.get_bytes("entry")))
        return value

    def end(_: bytes) -> None:
        job.report_at_end()

    application.dataframe(topic).apply(count, stateful=True).update(end)
    application.run()


if __name__ == "__main__":
    run(task_from_arguments())
