"""The one table of topics (names, keys, clean-up, sizes), and what makes and checks them on a broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.editions import EDITIONS_TOPIC
from streams.core.events import EVENT_TYPES, SOURCE_TOPICS, FaultTicket
from streams.core.events.context import CONTEXT_TOPIC
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import DEAD_LETTERS_TOPIC
from streams.core.publication import TALLIES_TOPIC
from streams.core.suspected import SUSPECTED_TOPIC
from streams.kafka import client
from streams.kafka.client import Connection

FAULTS = FaultTicket.topic
CONTEXT = CONTEXT_TOPIC
OUTAGE_COPIES = COPIES_TOPIC
SIGNALS = SIGNALS_TOPIC
SUSPECTED = SUSPECTED_TOPIC
TALLIES = TALLIES_TOPIC
DEAD_LETTERS = DEAD_LETTERS_TOPIC
PAGES = "pages"
SNAPSHOTS = EDITIONS_TOPIC

SOURCES = SOURCE_TOPICS

MEBIBYTE = 1024 * 1024
MAX_REPLICAS = 3
# How long a new topic may take until each of its partitions has a leader.
CREATION_SECONDS = 30


class TopicsError(Exception):
    """The topics on the broker are not what the program needs."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic: its logical name (without prefix), what its key is, how it is cleaned, its largest record in bytes."""

    name: str
    keyed_by: str
    cleanup_policy: Literal["delete", "compact"] = "delete"
    max_message_bytes: int = 4 * MEBIBYTE

    def configs(self) -> dict[str, str]:
        """Return the topic's configuration in Kafka's own words."""
        configs = {
            "cleanup.policy": self.cleanup_policy,
            "max.message.bytes": str(self.max_message_bytes),
            # The broker's clock, not the event's: a ticket of 2009 stamped 2009 would be old enough to delete.
            "message.timestamp.type": "LogAppendTime",
        }
        if self.cleanup_policy == "compact":
            # The last segment is never compacted; at Kafka's default of 1 GiB a reader would wade through most of it.
            return configs | {"segment.bytes": str(64 * MEBIBYTE)}
        return configs | {"retention.ms": "-1"}


TOPICS: tuple[Topic, ...] = (
    *(Topic(name=kind.topic, keyed_by=kind.keyed_by) for kind in EVENT_TYPES),
    Topic(name=OUTAGE_COPIES, keyed_by="id: one copy for each partition"),
    Topic(name=SIGNALS, keyed_by="the city: one partition watches it"),
    Topic(name=SUSPECTED, keyed_by="id of the suspected outage"),
    Topic(name=CONTEXT, keyed_by="nothing: one copy for each partition"),
    Topic(name=TALLIES, keyed_by="source topic, partition and bucket", cleanup_policy="compact"),
    Topic(name=PAGES, keyed_by="id of the page", cleanup_policy="compact"),
    Topic(name=SNAPSHOTS, keyed_by="month and number of the edition", cleanup_policy="compact"),
    # A source's largest record must fit with its topic, offset and reason around it.
    Topic(name=DEAD_LETTERS, keyed_by="the key of the record it holds", max_message_bytes=5 * MEBIBYTE),
)


def real_name(prefix: str, name: str) -> str:
    """Return a topic's name on the broker; `prefix` (STREAMS_PREFIX) keeps installations on one cluster apart."""
    return prefix + name


async def ensure(connection: Connection, prefix: str, partitions: int) -> None:
    """Create the topics that are missing, each with `partitions` partitions, and wait until they can be used.

    Raises `TopicsError` if a topic has another number of partitions or cannot be made, `BrokerUnreachable` if no
    broker answers.
    """
    async with client.running(client.new_admin(connection)) as admin:
        counts = await _partition_counts(admin)
        missing = [topic for topic in TOPICS if real_name(prefix, topic.name) not in counts]
        if missing:
            await _create(admin, prefix, partitions, missing)
            counts = await _wait_for_leaders(admin, [real_name(prefix, topic.name) for topic in missing])
        if wrong := list(_wrong_counts(counts, prefix, partitions)):
            raise TopicsError("; ".join(wrong))


async def problems(connection: Connection, prefix: str, partitions: int) -> list[str]:
    """Return what is wrong with the topics, a sentence each, with what to do about it; empty if all is well.

    The embedded broker keeps no configuration worth reading: there only names and partition counts are checked.
    """
    embedded = client.is_embedded(await client.cluster_id(connection))
    async with client.running(client.new_admin(connection)) as admin:
        counts = await _partition_counts(admin)
        names = {real_name(prefix, topic.name): topic for topic in TOPICS}
        found = [f"topic {name} is missing: start a worker, which creates it" for name in names if name not in counts]
        found.extend(_wrong_counts(counts, prefix, partitions))
        if not embedded:
            present = {name: topic for name, topic in names.items() if name in counts}
            found.extend(_wrong_configs(await _configs(admin, present), present))
        return found


def _wrong_counts(counts: dict[str, int], prefix: str, partitions: int) -> Iterable[str]:
    for topic in TOPICS:
        name = real_name(prefix, topic.name)
        if counts.get(name, partitions) != partitions:
            yield (
                f"topic {name} has {counts[name]} partitions, not {partitions}: the number is for life. "
                f"Set STREAMS_PARTITIONS={counts[name]}, or begin anew under another STREAMS_PREFIX"
            )


def _wrong_configs(configs: dict[str, dict[str, str]], present: dict[str, Topic]) -> Iterable[str]:
    for name, topic in present.items():
        for key, wanted in topic.configs().items():
            if configs[name].get(key) != wanted:
                yield (
                    f"topic {name}: {key} is {configs[name].get(key)}, not {wanted}. Set it with: kafka-configs.sh "
                    f"--alter --entity-type topics --entity-name {name} --add-config {key}={wanted}"
                )


async def _partition_counts(admin: AIOKafkaAdminClient) -> dict[str, int]:
    # All topics, never by name: aiokafka's request by name lets the broker create the topic with one partition.
    return {described["topic"]: len(described["partitions"]) for described in await admin.describe_topics()}


async def _configs(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, dict[str, str]]:
    responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    return {
        name: {key: value for key, value, *_ in entries}
        for response in responses
        for _, _, _, name, entries in response.resources
    }


async def _create(admin: AIOKafkaAdminClient, prefix: str, partitions: int, missing: list[Topic]) -> None:
    replicas = min(MAX_REPLICAS, len((await admin.describe_cluster())["brokers"]))
    durable = {"min.insync.replicas": "2"} if replicas == MAX_REPLICAS else {}
    response = await admin.create_topics(
        [
            NewTopic(real_name(prefix, topic.name), partitions, replicas, topic_configs=topic.configs() | durable)
            for topic in missing
        ]
    )
    for name, code, *message in response.topic_errors:
        # Another worker that starts at the same time may have been faster.
        if for_code(code) not in (NoError, TopicAlreadyExistsError):
            reason = next(filter(None, message), for_code(code).__name__)
            raise TopicsError(f"topic {name} could not be created: {reason}")


async def _wait_for_leaders(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, int]:
    try:
        async with asyncio.timeout(CREATION_SECONDS):
            while True:
                described: list[dict[str, Any]] = await admin.describe_topics()
                ready = {d["topic"] for d in described if all(part["leader"] >= 0 for part in d["partitions"])}
                if ready.issuperset(names):
                    return {d["topic"]: len(d["partitions"]) for d in described}
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TopicsError(f"new topics have no leader after {CREATION_SECONDS} s: look at the brokers' logs") from None
