"""Builds every Kafka client of the project, so that sizes, security and the partitioner are decided in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError
from aiokafka.helpers import create_ssl_context

from streams.credentials import Secret
from streams.settings import SaslMechanism, SecurityProtocol, Settings

# Room for the largest record of the table of topics (5 MiB), its key and its headers.
MAX_REQUEST_BYTES = 8 * 1024 * 1024
# A batch leaves as soon as the broker is free for it; this only bounds how much travels together.
MAX_BATCH_BYTES = 256 * 1024
# An empty partition answers after this long, so it bounds what a read to the end of an idle log costs.
FETCH_WAIT_MILLISECONDS = 100
# The broker ends a dead owner's open transaction after this; until then committed readers stop before it.
TRANSACTION_TIMEOUT_MILLISECONDS = 30_000

EMBEDDED_CLUSTER_PREFIX = "streams-embedded-"


class BrokerUnreachable(Exception):
    """No broker of the connection answers, or none lets us in."""


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the brokers.

    `bootstrap` is `host:port`, several separated by commas; `ssl_ca_file` is in PEM form (None trusts the system's
    authorities). The SASL fields matter where `security_protocol` begins with SASL_.
    """

    bootstrap: str
    client_id: str = "streams"
    security_protocol: SecurityProtocol = "PLAINTEXT"
    sasl_mechanism: SaslMechanism | None = None
    sasl_username: str | None = None
    sasl_password: Secret | None = None
    ssl_ca_file: Path | None = None

    @classmethod
    def from_settings(cls, settings: Settings, client_id: str) -> Connection:
        """Return the connection that the settings describe; `client_id` names us in the broker's logs and quotas."""
        return cls(
            bootstrap=settings.bootstrap_servers,
            client_id=client_id,
            security_protocol=settings.security_protocol,
            sasl_mechanism=settings.sasl_mechanism,
            sasl_username=settings.sasl_username,
            sasl_password=settings.sasl_password,
            ssl_ca_file=settings.ssl_ca_file,
        )

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments that every aiokafka client takes."""
        with_tls = self.security_protocol in ("SSL", "SASL_SSL")
        return {
            "bootstrap_servers": [server.strip() for server in self.bootstrap.split(",")],
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "ssl_context": create_ssl_context(cafile=self.ssl_ca_file) if with_tls else None,
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self.sasl_password.reveal() if self.sasl_password else None,
        }


class _Client(Protocol):
    async def start(self) -> None: ...


T = TypeVar("T")
ClientT = TypeVar("ClientT", bound=_Client)


def new_consumer(connection: Connection, *, committed: bool) -> AIOKafkaConsumer:
    """Return a consumer without a group, to be assigned by hand and started with `running`.

    With `committed` it sees no record of an open or aborted transaction. It never jumps to another offset by itself.
    """
    return AIOKafkaConsumer(
        **connection.options(),
        isolation_level="read_committed" if committed else "read_uncommitted",
        auto_offset_reset="none",
        enable_auto_commit=False,
        fetch_max_wait_ms=FETCH_WAIT_MILLISECONDS,
        max_partition_fetch_bytes=MAX_REQUEST_BYTES,
    )


def new_producer(connection: Connection, *, transactional_id: str | None = None) -> AIOKafkaProducer:
    """Return a producer that waits for all replicas; with a `transactional_id`, one whose start fences its forerunner.

    Keys go to partitions by murmur2, as with the Java client (aiokafka's default partitioner).
    """
    return AIOKafkaProducer(
        **connection.options(),
        acks="all",
        compression_type="lz4",
        max_batch_size=MAX_BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        transactional_id=transactional_id,
        transaction_timeout_ms=TRANSACTION_TIMEOUT_MILLISECONDS,
    )


def new_admin(connection: Connection) -> AIOKafkaAdminClient:
    """Return a client for topics and their configuration, to be started with `running`."""
    return AIOKafkaAdminClient(**connection.options())


async def reach(connecting: Awaitable[T]) -> T:
    """Await what first speaks to the brokers; raise `BrokerUnreachable` if none of them answers."""
    try:
        return await connecting
    except KafkaConnectionError as error:
        raise BrokerUnreachable(
            f"{error}: no Kafka broker lets us in there. Start one (`streams broker`), or correct STREAMS_BROKER, "
            "or if it asks for them STREAMS_SECURITY_PROTOCOL and the STREAMS_SASL_ settings."
        ) from error


async def start(client: ClientT) -> ClientT:
    """Start any aiokafka client and return it; raise `BrokerUnreachable` where nobody answers."""
    try:
        await reach(client.start())
    except BaseException:
        await _stop(client)
        raise
    return client


@asynccontextmanager
async def running(client: ClientT) -> AsyncIterator[ClientT]:
    """Start a client for the length of a `with` block; raise `BrokerUnreachable` where nobody answers."""
    await start(client)
    try:
        yield client
    finally:
        await _stop(client)


async def _stop(client: Any) -> None:
    # The admin client is the only one of the three that calls it close().
    await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def cluster_id(connection: Connection) -> str:
    """Return the id that the cluster gives itself; raise `BrokerUnreachable` where nobody answers."""
    async with running(new_admin(connection)) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


def is_embedded(cluster: str) -> bool:
    """Tell by a cluster's id whether it is our embedded broker, which has no transactions."""
    return cluster.startswith(EMBEDDED_CLUSTER_PREFIX)
