"""Moves the times in a message, so that a month of long ago can be replayed as if it happened now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from streams.replay.lines import Message

# A string that is nothing but an RFC 3339 date-time with an offset; one inside a longer text ends in no bare quote.
_DATE_TIME = re.compile(rb'"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))"')


def shifted(message: Message, shift: int) -> Message:
    """Return the message with every time in its value moved by `shift` microseconds, offsets as they were.

    What is no time that exists stays as it is.
    """
    if not shift or message.value is None:
        return message
    delta = timedelta(microseconds=shift)
    return message._replace(value=_DATE_TIME.sub(lambda match: _moved(match, delta), message.value))


def _moved(match: re.Match[bytes], delta: timedelta) -> bytes:
    try:
        moved = datetime.fromisoformat(match[1].decode().upper()) + delta
    except (ValueError, OverflowError):
        return match[0]
    return f'"{moved.isoformat()}"'.encode()
