"""Messages go out through apprise; what hangs or fails holds up nothing else, and no address is ever told."""

from __future__ import annotations

import asyncio
import time

import pytest

from streams.alerting.pager import delivery
from streams.alerting.pager.delivery import Deliverer, address_problem, channel_addresses
from streams.alerting.pager.messages import Message
from tests.alerting.pager.kit import target
from tests.kafka.apache import free_ports

MESSAGE = Message("title", "body")


def deliverer(**addresses: str) -> Deliverer:
    """One with these channels."""
    return Deliverer(channel_addresses({f"STREAMS_CHANNEL_{name}": text for name, text in addresses.items()}))


async def test_a_message_arrives() -> None:
    """With its title and its body."""
    async with target(free_ports(1)[0]) as there:
        assert await deliverer(A=f"json://127.0.0.1:{there.port}/A").send("A", MESSAGE) == "delivered"
        assert there.received == [("A", "title\nbody")]


async def test_what_can_never_get_out_is_told_apart() -> None:
    """No address, or none that apprise understands; a target that is down or refuses can be tried again."""
    nobody = free_ports(1)[0]
    sender = deliverer(BAD="no url", DOWN=f"json://127.0.0.1:{nobody}/DOWN")
    assert await sender.send("BAD", MESSAGE) == "impossible"
    assert await sender.send("MISSING", MESSAGE) == "impossible"
    assert await sender.send("DOWN", MESSAGE) == "failed"
    async with target(nobody) as there:
        there.status = 500
        assert await sender.send("DOWN", MESSAGE) == "failed"
        there.status = 200
        assert await sender.send("DOWN", MESSAGE) == "delivered"


async def test_a_channel_that_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as failed after a while, also while its thread still hangs, and works again when that is over."""
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.2)
    async with target(free_ports(1)[0]) as slow, target(free_ports(1)[0]) as quick:
        slow.delay_seconds = 1.0
        sender = deliverer(SLOW=f"json://127.0.0.1:{slow.port}/SLOW", QUICK=f"json://127.0.0.1:{quick.port}/QUICK")
        hanging = asyncio.create_task(sender.send("SLOW", MESSAGE))
        began = time.monotonic()
        assert await sender.send("QUICK", MESSAGE) == "delivered"
        assert time.monotonic() - began < 0.9
        assert await hanging == "failed"
        assert await sender.send("SLOW", MESSAGE) == "failed"
        slow.delay_seconds = 0.0
        await asyncio.sleep(1.0)
        assert await sender.send("SLOW", MESSAGE) == "delivered"


def test_problems_do_not_show_addresses(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the sentence nor any log line: an address may have a password in it."""
    addresses = channel_addresses({"STREAMS_CHANNEL_A": "no url with hunter2", "STREAMS_CHANNEL_B": " ", "PATH": "x"})
    assert set(addresses) == {"A"}
    assert "STREAMS_CHANNEL_A is no URL" in address_problem("A", addresses)
    assert "STREAMS_CHANNEL_B is not set" in address_problem("B", addresses)
    assert "hunter2" not in address_problem("A", addresses) + str(addresses) + caplog.text
