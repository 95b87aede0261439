"""`streams freeze-due --every-day`: when it looks."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from streams.commands import freeze_due
from streams.commands.freeze_due import next_time
from streams.settings import Settings, SettingsError

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SIX = time(6)


@pytest.mark.parametrize(("now", "day"), [("2009-08-31T05:59:59", "2009-08-31"), ("2009-08-31T06:00:00", "2009-09-01")])
def test_it_looks_once_a_day(now: str, day: str) -> None:
    """Before the time of day it is today's; at it, and after it, tomorrow's, over the end of a month."""
    found = next_time(datetime.fromisoformat(now).replace(tzinfo=SHANGHAI), SIX)
    assert found == datetime.fromisoformat(f"{day}T06:00:00+08:00")


def test_the_clock_that_is_put_back_does_not_move_it() -> None:
    """In the night of 25 October 2009, which had an hour more in Berlin, six o'clock stays six o'clock."""
    found = next_time(datetime(2009, 10, 24, 7, tzinfo=BERLIN), SIX)
    assert found.isoformat() == "2009-10-25T06:00:00+01:00"


def test_it_looks_at_once_then_every_day_until_a_freeze_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice it waits for the next six o'clock; the freeze that fails after that ends it."""
    events: list[str] = []

    class _Setup:
        settings = Settings.from_environment({})

    def freeze() -> _Setup:
        events.append("freeze")
        if events.count("freeze") == 3:
            raise RuntimeError("Kafka is away")
        return _Setup()

    def wait(moment: datetime) -> None:
        events.append(f"{moment:%H:%M}")

    monkeypatch.setattr(freeze_due, "_freeze_due", freeze)
    monkeypatch.setattr(freeze_due, "_wait_until", wait)
    with pytest.raises(RuntimeError, match="Kafka is away"):
        freeze_due.command.main(["--every-day"], standalone_mode=False)
    assert events == ["freeze", "06:00", "freeze", "06:00", "freeze"]


def test_a_time_of_day_that_is_none_is_refused() -> None:
    """The message names the setting."""
    with pytest.raises(SettingsError, match="STREAMS_FREEZE_AT"):
        Settings.from_environment({"STREAMS_FREEZE_AT": "25:00"})
