"""Asks the brokers for topic ids, which tell a topic from another one made later under the same name.

aiokafka 0.14 stops at Metadata version 5; ids come with version 10, whose layout is written down here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from io import BytesIO
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from streams.kafka import client
from streams.kafka.client import Connection
from streams.kafka.topics import TopicsError

_METADATA = 3
_VERSION_WITH_IDS = 10
_NO_ID = uuid.UUID(int=0)
_TAGS = ("tags", TaggedFields)


class _Uuid(AbstractType):
    @classmethod
    def encode(cls, value: uuid.UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> uuid.UUID:
        return uuid.UUID(bytes=data.read(16))


class _MetadataResponse(Response):
    API_KEY = _METADATA
    API_VERSION = _VERSION_WITH_IDS
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                _TAGS,
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        _TAGS,
                    ),
                ),
                ("authorized_operations", Int32),
                _TAGS,
            ),
        ),
        ("cluster_authorized_operations", Int32),
        _TAGS,
    )


class _MetadataRequestStruct(RequestStruct):
    FLEXIBLE_VERSION = True
    API_KEY = _METADATA
    API_VERSION = _VERSION_WITH_IDS
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", CompactString("utf-8")), _TAGS)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        _TAGS,
    )


class _MetadataRequest(Request[_MetadataRequestStruct]):
    API_KEY = _METADATA

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def build(self, request_struct_class: type[_MetadataRequestStruct]) -> Any:
        return request_struct_class([(_NO_ID, name, {}) for name in self._names], False, False, False, {})


async def topic_ids(connection: Connection, names: Collection[str]) -> dict[str, uuid.UUID]:
    """Return the id of each topic, given by its real name.

    Raises `TopicsError` if one does not exist, `BrokerUnreachable` if no broker answers.
    """
    asking = AIOKafkaClient(**connection.options())
    try:
        await client.reach(asking.bootstrap())
        response = await asking.send(asking.get_random_node(), _MetadataRequest(names))
    finally:
        await asking.close()
    for code, name, *_ in response.topics:
        if for_code(code) is not NoError:
            raise TopicsError(f"topic {name}: {for_code(code).description}")
    return {name: topic_id for _, name, topic_id, *_ in response.topics}
