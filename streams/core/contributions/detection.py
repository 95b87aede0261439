"""What detection adds to the tallies: the outages that it suspects, and the usual band of fault tickets."""

from __future__ import annotations

from streams.core.contributions.measures import Measure

SIGNALS_TOPIC = "signals"

SUSPICIONS = Measure(name="suspicions", topic=SIGNALS_TOPIC, labels=("suspicion",), grain="day")
"""Its label is a suspected outage as JSON, on the day of its first report."""
EXPECTED = Measure(
    name="fault_tickets_expected_thousandths", topic=SIGNALS_TOPIC, labels=("branch", "bound"), grain="level"
)
"""The usual band of fault tickets an hour, thousandfold: `bound` is mean or upper; no branch is the whole city."""
USUAL = Measure(name="fault_tickets_usual_thousandths", topic=SIGNALS_TOPIC, labels=("hour",), grain="level")
"""The usual fault tickets of the city in each of the last day's hours, thousandfold; `hour` counts from 1970."""

MEASURES = (SUSPICIONS, EXPECTED, USUAL)
