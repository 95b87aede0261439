"""When alerts about complaints and orders fire, and when they do not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.alerting.rules.cases.case import Case
from tests.alerting.rules.series import Series, series


def complaints(day: int, week: int, hour: int = 1, **labels: str) -> Series:
    """Return complaints of the last 24 hours, 7 days, and hour."""
    return (
        series("streams_complaints", hour, window="1h", **labels)
        | series("streams_complaints", day, window="24h", **labels)
        | series("streams_complaints", week, window="7d", **labels)
    )


def customers() -> Iterator[Case]:
    """Yield the cases of alerts about customers."""
    branch = {"by": "branch", "branch": "简阳"}
    yield Case(
        "ComplaintSurge",
        "60 in a day, where 10 a day came before",
        complaints(60, 120, **branch),
        fires=({"severity": "warning", "branch": "简阳", "scope": "branch", "window": "24h"},),
    )
    yield Case(
        "ComplaintSurge",
        "so for the whole city",
        complaints(60, 120),
        fires=({"branch": "city", "scope": "city"},),
    )
    yield Case(
        "ComplaintSurge",
        "12 in an hour, where 10 a day came before",
        complaints(20, 80, 12, **branch),
        fires=({"branch": "简阳", "window": "1h"},),
    )
    yield Case("ComplaintSurge", "9 in an hour are too few", complaints(20, 80, 9, **branch))
    yield Case("ComplaintSurge", "12 in an hour, where 60 a day came before", complaints(60, 420, 12, **branch))
    yield Case("ComplaintSurge", "25 where 10 a day came is within what bunches explain", complaints(25, 85, **branch))
    yield Case("ComplaintSurge", "19 before are too few to say what is usual", complaints(60, 79, **branch))
    yield Case("ComplaintSurge", "no data is no surge", complaints(0, 0, **branch))
    counts = {"window": "month", "by": "branch", "branch": "安岳"}
    lately = {"window": "24h", "by": "branch", "branch": "安岳"}
    yield Case(
        "EscalatedComplaint",
        "each one more of the month is an alert of its own, and so a notification",
        series("streams_escalated_complaints", "1x59 2x100", **counts)
        | series("streams_escalated_complaints", 1, **lately),
        fires=({"severity": "warning", "branch": "安岳", "complaints": "2"},),
    )
    unknown = [{"by": "branch", "branch": branch} for branch in ("none", "other")]
    yield Case(
        "EscalatedComplaint",
        "those without a known branch are counted together, as the city's",
        {
            name: value
            for labels in unknown
            for window in ("24h", "month")
            for name, value in series("streams_escalated_complaints", 1, window=window, **labels).items()
        },
        fires=({"branch": "city", "complaints": "2"},),
    )
    yield Case(
        "EscalatedComplaint",
        "one that is older than a day has been told",
        series("streams_escalated_complaints", 2, **counts) | series("streams_escalated_complaints", 0, **lately),
    )
    channel = {"by": "channel", "channel": "消协(12315)"}
    yield Case(
        "WatchedChannelComplaint",
        "one by the consumers' association is told",
        series("streams_complaints", 3, window="month", **channel)
        | series("streams_complaints", 1, window="24h", **channel),
        fires=({"severity": "warning", "branch": "city", "complaints": "3"},),
    )
    hotline = {"by": "channel", "channel": "10000号"}
    yield Case(
        "WatchedChannelComplaint",
        "one by the hotline is not",
        series("streams_complaints", 3, window="month", **hotline)
        | series("streams_complaints", 1, window="24h", **hotline),
    )
    overdue = {"by": "department", "department": "现业公众客户部"}
    yield Case(
        "ComplaintsOverdue",
        "each department is told through its branch, one of the whole city through the city",
        series("streams_complaints_overdue", 2, **overdue)
        | series("streams_complaints_overdue", 1, by="department", department="渠道营业厅"),
        fires=(
            {"branch": "现业", "department": "现业公众客户部"},
            {"branch": "city", "department": "渠道营业厅"},
        ),
    )
    yield Case("ComplaintsOverdue", "none overdue", series("streams_complaints_overdue", 0, **overdue))
    orders = {"by": "branch", "branch": "乐至"}
    yield Case(
        "OrdersHeld",
        "9 of 40 on hold are more than a fifth",
        series("streams_orders_held", 9, **orders) | series("streams_orders_open", 40, **orders),
        fires=({"severity": "warning", "branch": "乐至"},),
    )
    yield Case(
        "OrdersHeld",
        "8 of 40 are a fifth",
        series("streams_orders_held", 8, **orders) | series("streams_orders_open", 40, **orders),
    )
    yield Case(
        "OrdersHeld",
        "of 19 open ones no share is judged",
        series("streams_orders_held", 19, **orders) | series("streams_orders_open", 19, **orders),
    )
