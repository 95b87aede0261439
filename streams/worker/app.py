"""The Faust app of a worker: one agent per topic, no tables, batches, and partitions that an Owner works."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import faust
from aiokafka.helpers import create_ssl_context
from faust.types import TP

from streams.core.partition import READ_TOPICS
from streams.kafka.topics import real_name
from streams.settings import Settings
from streams.worker import transport
from streams.worker.ending import Ending, end
from streams.worker.owner import Owner
from streams.worker.watchdog import Watchdog

HEARTBEATS_PER_SESSION = 3
REQUEST_TIMEOUT_SECONDS = 90.0
COMMIT_SECONDS = 2.0
BATCHES_BUFFERED = 4
"""Per topic: more would only cost memory (911 MB against 190 MB with a million records waiting)."""


def create_app(settings: Settings, owner: Owner, watchdog: Watchdog) -> faust.App:
    """Return the app, with its agents and its rebalances wired to `owner`; `run` starts it."""
    transport.register()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"{settings.prefix}streams-worker",
        broker=";".join(f"{transport.SCHEME}://{address}" for address in settings.broker),
        broker_credentials=_credentials(settings),
        # Faust keeps nothing of ours there, yet it makes the folder, by default where the worker was started.
        datadir=settings.data_dir / "faust",
        # Without tables Faust falls back to round-robin unless there are standbys; its own assignor keeps partition p
        # of every topic on one worker, and keeps it there.
        table_standby_replicas=1,
        broker_session_timeout=settings.session_timeout_seconds,
        broker_heartbeat_interval=settings.session_timeout_seconds / HEARTBEATS_PER_SESSION,
        broker_request_timeout=max(REQUEST_TIMEOUT_SECONDS, settings.session_timeout_seconds),
        broker_commit_interval=COMMIT_SECONDS,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=BATCHES_BUFFERED,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
    )
    _wire_rebalances(app, settings, owner)
    for topic in READ_TOPICS:
        _add_agent(app, settings, topic, owner, watchdog)
    return app


def _credentials(settings: Settings) -> Any:
    if settings.security_protocol == "PLAINTEXT":
        return None
    with_tls = settings.security_protocol.endswith("SSL")
    context = create_ssl_context(cafile=settings.ssl_ca_file) if with_tls else None
    if settings.sasl_password is None:
        return faust.SSLCredentials(context)
    return faust.SASLCredentials(
        username=settings.sasl_username,
        password=settings.sasl_password.reveal(),
        mechanism=settings.sasl_mechanism,
        ssl_context=context,
    )


def _wire_rebalances(app: faust.App, settings: Settings, owner: Owner) -> None:
    async def prepare(numbers: set[int]) -> dict[TP, int]:
        try:
            starts = await owner.assigned(numbers)
        except Exception:  # noqa: BLE001 - whatever it is, the process ends
            end(Ending.AGENT, error=traceback.format_exc())
        return {TP(real_name(settings.prefix, topic), number): offset for (topic, number), offset in starts.items()}

    transport.BatchConsumer.prepare = staticmethod(prepare)
    transport.BatchConsumer.check_log = staticmethod(owner.check_log)

    @app.on_partitions_revoked.connect
    async def pause(*_: object, **__: object) -> None:
        await owner.revoked()


def _add_agent(app: faust.App, settings: Settings, topic: str, owner: Owner, watchdog: Watchdog) -> None:
    channel = app.topic(
        real_name(settings.prefix, topic), partitions=settings.partitions, schema=transport.BatchSchema()
    )

    async def take_in(stream: faust.StreamT[transport.Batch]) -> None:
        async for event in stream.events():
            watchdog.check_awake()
            try:
                partition = owner.receive(topic, event.message.partition, event.value)
            except Exception:  # noqa: BLE001 - whatever it is, the process ends
                # Faust would acknowledge the batch and start the agent anew behind it.
                end(Ending.AGENT, topic=topic, error=traceback.format_exc())
            if partition is not None and partition.effects_are_full():
                await owner.send_rounds()
            # While batches wait the stream never lets go of the loop; health, rounds and heartbeats need it too.
            await asyncio.sleep(0)

    app.agent(channel, name=f"{topic}-agent", concurrency=1)(take_in)
