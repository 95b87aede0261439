"""Moves the times in a message, so that a month of long ago can be replayed as if it happened now."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from streams.replay.lines import Message

# A string that is nothing but an RFC 3339 date-time with an offset; one inside a longer text ends in no bare quote.
_DATE_TIME = re.compile(rb'"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))"')


def shifted(message: Message, shift: int) -> Message:
    """Return the message with every time in its value moved by `shift` microseconds, offsets as they were.

    What is no time that exists stays as it is.
    """
    delta = timedelta(microseconds=shift)
    return retimed(message, lambda moment: moment + delta) if shift else message


def retimed(message: Message, move: Callable[[datetime], datetime]) -> Message:
    """Return the message with every time in its value as `move` gives it; what is no time that exists stays."""
    if message.value is None:
        return message
    return message._replace(value=_DATE_TIME.sub(lambda match: _moved(match, move), message.value))


def _moved(match: re.Match[bytes], move: Callable[[datetime], datetime]) -> bytes:
    try:
        moved = move(datetime.fromisoformat(match[1].decode().upper()))
    except (ValueError, OverflowError):
        return match[0]
    return f'"{moved.isoformat()}"'.encode()
