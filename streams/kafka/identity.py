"""What tells one log from another: the ids of the cluster and of the topics, new whenever either is made anew."""

from __future__ import annotations

import msgspec

from streams.kafka.client import Connection, cluster_id
from streams.kafka.topic_ids import topic_ids
from streams.kafka.topics import CONTEXT, OUTAGE_COPIES, SIGNALS, SOURCES, TALLIES, real_name


class LogIdentity(msgspec.Struct, frozen=True):
    """The cluster's id and, by topic name, the ids of all topics that a partition's state depends on."""

    cluster: str
    topics: dict[str, str]


async def log_identity(connection: Connection, prefix: str) -> LogIdentity:
    """Ask the brokers for it. Raises BrokerUnreachable, and TopicsError where a topic is missing."""
    names = [real_name(prefix, topic) for topic in (*SOURCES, OUTAGE_COPIES, SIGNALS, CONTEXT, TALLIES)]
    ids = await topic_ids(connection, names)
    return LogIdentity(await cluster_id(connection), {name: str(identity) for name, identity in sorted(ids.items())})
