"""A snapshot as of an earlier time, on a broker: what was known then, at the clock of then."""

from __future__ import annotations

import json
from datetime import datetime

from streams.core.months import instant_of
from streams.reports.snapshot_files import take_snapshot
from tests.conftest import Broker
from tests.core.installation import DEFINITIONS, at, generated, outage, ticket
from tests.core.model import OUTAGES
from tests.kafka.installed import PlacedInstallation, publish
from tests.oracle import assert_equal, recount
from tests.reports.test_audit import PARTITIONS, settings

MID_JULY = datetime.fromisoformat("2009-07-15T12:00:00+08:00")


async def test_a_snapshot_as_of_mid_july_knows_nothing_that_came_later(broker: Broker, prefix: str) -> None:
    """It equals the oracle over the messages updated up to then at that clock, and not the one over all messages.

    Of two outages that cover the same numbers it knows the one that was told of, in whatever partition.
    """
    made = PlacedInstallation(PARTITIONS)
    made.send(generated(11, 120, at("2009-06-25 00:00"), 30))
    made.send([ticket("overdue since", "6000009", at("2009-07-14 09:00"))])
    made.send([outage("O1", at("2009-07-02 09:00"), prefixes=["6", "7"])], topic=OUTAGES)
    told_late = outage("O2", at("2009-07-10 09:00"), prefixes=["6", "7"])
    made.send([told_late | {"updated_at": at("2009-07-16 09:00").isoformat()}], topic=OUTAGES)
    made.count(at("2009-07-31 12:00"))
    await publish(broker.connection, prefix, made)
    snapshot = await take_snapshot(
        broker.connection, settings(prefix), DEFINITIONS, "2009-07", as_of=instant_of(MID_JULY)
    )
    every = list(made.messages())
    known = [one for one in every if _is_known(one[2])]
    figures = [
        {"id": one.id, "labels": one.labels, "numerator": one.numerator, "denominator": one.denominator}
        for one in snapshot.indicators
    ]
    then = recount(known, period="2009-07", as_of=MID_JULY, **_words())
    assert_equal(then, figures)
    later = recount(every, period="2009-07", as_of=MID_JULY, **_words())
    assert later.indicators != then.indicators
    reports = then.outages["O1"].reports
    assert reports.total > PARTITIONS
    assert [(one.id, one.reports, one.reporters) for one in snapshot.outages] == [
        ("O1", reports.total, reports.reporters)
    ]


def _is_known(value: bytes | None) -> bool:
    try:
        return datetime.fromisoformat(json.loads(value or b"")["updated_at"]) <= MID_JULY
    except (ValueError, TypeError, KeyError):
        return False


def _words() -> dict[str, object]:
    return {
        "families": DEFINITIONS.families,
        "prefixes": DEFINITIONS.prefixes,
        "placeholders": DEFINITIONS.placeholders,
    }
