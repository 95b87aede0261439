"""Keeps pages on the compacted topic `pages`, each whole under its id; one pager at a time may write.

On Apache Kafka a producer with one transactional id for the installation fences whoever wrote before. The embedded
broker has no transactions and fences nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from streams.alerting.pager.pages import Page, read, write
from streams.kafka import client, topics
from streams.kafka.client import Connection
from streams.kafka.reader import read_to_end
from streams.kafka.topics import PAGES, real_name

WRITE_SECONDS = 15.0
CLOSE_SECONDS = 2.0


class StoreError(Exception):
    """A page could not be kept, so nothing may be answered or sent that builds on it: the process has to end."""


class Fenced(StoreError):
    """Another pager has taken over; it has all pages."""


class PageStore:
    """Where pages are kept; made by `open_store`."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, *, is_transactional: bool) -> None:
        self._producer, self._topic, self._is_transactional = producer, topic, is_transactional

    async def write(self, pages: Iterable[Page]) -> None:
        """Keep pages as they are now; one call at a time. Raises StoreError."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                if self._is_transactional:
                    async with self._producer.transaction():
                        await self._send(pages)
                else:
                    await self._send(pages)
        except ProducerFenced as error:
            raise Fenced("another pager has taken over: let one run, and start it anew when it ends") from error
        except TimeoutError as error:
            raise StoreError(f"Kafka did not take pages within {WRITE_SECONDS:.0f} s: is it up?") from error
        except KafkaError as error:
            raise StoreError(f"pages cannot be kept: {error or type(error).__name__}") from error

    async def _send(self, pages: Iterable[Page]) -> None:
        sent = [await self._producer.send(self._topic, write(page), key=page.id.encode()) for page in pages]
        await asyncio.gather(*sent)


async def read_pages(connection: Connection, prefix: str, partitions: int) -> dict[str, Page]:
    """Return every page that was ever opened, by id, as it stands. Raises what `read_to_end` raises."""
    topic = real_name(prefix, PAGES)
    starts = {TopicPartition(topic, number): None for number in range(partitions)}
    pages: dict[str, Page] = {}
    async for _, records in read_to_end(connection, starts):
        pages |= {page.id: page for page in (read(record.value) for record in records)}
    return pages


@asynccontextmanager
async def open_store(connection: Connection, prefix: str, partitions: int) -> AsyncIterator[PageStore]:
    """Become the one pager of an installation for a `with` block, before anything is read.

    Creates topics that are missing. Raises TopicsError, BrokerUnreachable.
    """
    await topics.ensure(connection, prefix, partitions)
    is_transactional = not client.is_embedded(await client.cluster_id(connection))
    name = f"{prefix}streams-pager" if is_transactional else None
    producer = await client.start(client.new_producer(connection, transactional_id=name))
    try:
        yield PageStore(producer, real_name(prefix, PAGES), is_transactional=is_transactional)
    finally:
        # It would go on trying to send what it has not got out, which nobody counts on.
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await producer.stop()
