"""Sends messages through apprise: a thread of its own for each channel, so that one that hangs holds up no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

import apprise
import structlog

from streams.alerting.pager.messages import Message
from streams.credentials import Secret

log = structlog.get_logger("streams.pager")

VARIABLE = "STREAMS_CHANNEL_"
"""What a channel's variable of the environment begins with; its content is an apprise URL."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
SEND_SECONDS = 30.0
"""So long a message may take; what takes longer counts as failed and is tried again."""

Outcome = Literal["delivered", "failed", "impossible"]


def channel_addresses(environment: Mapping[str, str]) -> dict[str, Secret]:
    """Return channel name → address, as far as the environment has them."""
    return {
        name.removeprefix(VARIABLE): Secret(text.strip())
        for name, text in environment.items()
        if name.startswith(VARIABLE) and text.strip()
    }


def address_problem(name: str, addresses: Mapping[str, Secret]) -> str:
    """Return why a channel cannot be used, in a sentence without its address; empty if it can."""
    if name not in addresses:
        return f"{VARIABLE}{name} is not set: give it an apprise URL"
    if _plugin(addresses[name]) is None:
        return f"{VARIABLE}{name} is no URL that apprise understands: see https://appriseit.com/services/"
    return ""


class Deliverer:
    """Sends to channels by name; addresses never reach a log line."""

    def __init__(self, addresses: Mapping[str, Secret]) -> None:
        # apprise writes addresses, passwords masked or not, into its lines.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        self._plugins = {name: _plugin(address) for name, address in addresses.items()}
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._sending: dict[str, Future[bool]] = {}

    async def send(self, channel: str, message: Message) -> Outcome:
        """Send a message and tell how it went: `failed` may be tried again, `impossible` will never do."""
        plugin = self._plugins.get(channel)
        if plugin is None:
            return "impossible"
        hanging = self._sending.get(channel)
        if hanging is not None and not hanging.done():
            return "failed"
        thread = self._threads.setdefault(channel, ThreadPoolExecutor(1, thread_name_prefix="channel"))
        sending = self._sending[channel] = thread.submit(plugin.notify, body=message.body, title=message.title)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return "delivered" if await asyncio.wrap_future(sending) else "failed"
        except TimeoutError:
            return "failed"
        except Exception as error:  # noqa: BLE001 (whatever a plugin does, other channels go on)
            log.warning("a channel broke", channel=channel, error=type(error).__name__)
            return "failed"

    def close(self) -> None:
        """Let go of the threads without waiting for them."""
        for thread in self._threads.values():
            thread.shutdown(wait=False, cancel_futures=True)


def _plugin(address: Secret) -> apprise.NotifyBase | None:
    plugin = apprise.Apprise.instantiate(address.reveal(), suppress_exceptions=True)
    if isinstance(plugin, apprise.NotifyBase):
        plugin.socket_connect_timeout = max(plugin.socket_connect_timeout, CONNECT_SECONDS)
        plugin.socket_read_timeout = max(plugin.socket_read_timeout, READ_SECONDS)
        return plugin
    return None
