"""The form of the roster's file: what may stand where, before anybody asks whether it makes sense."""

from __future__ import annotations

from typing import Annotated

import msgspec

from streams.alerting.roster import Language, Notify, Severity

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Text = Annotated[str, msgspec.Meta(min_length=1)]
Identity = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
ChannelName = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9_]{1,64}$")]
TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
HandOver = Annotated[str, msgspec.Meta(pattern=rf"^({'|'.join(WEEKDAYS)}) ([01][0-9]|2[0-3]):[0-5][0-9]$")]
Several = Annotated[list[Text], msgspec.Meta(min_length=1)]
Minutes = Annotated[float, msgspec.Meta(gt=0, le=1440)]
Times = Annotated[int, msgspec.Meta(ge=1, le=20)]


class Part(msgspec.Struct, forbid_unknown_fields=True, rename={"start": "from"}):
    """A part of the file; what the code calls `start` is written `from`."""


class TimePart(Part):
    """A time, each end written as a date or a date and time."""

    start: Text
    until: Text


class PersonPart(Part):
    """Somebody who can be paged."""

    id: Identity
    names: dict[Language, Text]
    language: Language = "zh"
    channels: list[ChannelName] = []
    sms: list[ChannelName] = []
    away: list[TimePart] = []


class RotationPart(Part):
    """People who take turns."""

    branches: Several
    starts: Text
    hand_over: HandOver
    people: Several
    ends: Text | None = None
    holiday_people: list[Text] = []
    backup: Text | None = None


class DutyPart(Part):
    """What somebody is there for."""

    id: Identity
    names: dict[Language, Text]
    rotations: Annotated[list[RotationPart], msgspec.Meta(min_length=1)]


class OverridePart(TimePart):
    """One person instead of whoever's turn it is."""

    duty: Text
    branches: Several
    person: Text


class HolidayPart(TimePart):
    """Days on which nobody works."""

    name: Text


class StepPart(Part):
    """Whom to page next."""

    notify: Notify
    wait_minutes: Minutes
    repeat: Times = 1


class QuietPart(Part):
    """When pages wait."""

    severities: list[Severity]
    start: TimeOfDay
    until: TimeOfDay
    holidays: bool = False


class RosterFile(Part):
    """The whole file."""

    timezone: Text
    fallback: Text
    people: Annotated[list[PersonPart], msgspec.Meta(min_length=1)]
    duties: Annotated[list[DutyPart], msgspec.Meta(min_length=1)]
    escalation: dict[Severity, Annotated[list[StepPart], msgspec.Meta(min_length=1)]]
    overrides: list[OverridePart] = []
    holidays: list[HolidayPart] = []
    quiet: list[QuietPart] = []
