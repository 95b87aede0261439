"""For each alert: what serve and workers show when it fires, and what they show when it does not."""

from __future__ import annotations

from streams.core.definitions import Definitions
from tests.alerting.rules.cases.case import Case
from tests.alerting.rules.cases.customers import customers
from tests.alerting.rules.cases.outages import outages
from tests.alerting.rules.cases.pipeline import pipeline, silences
from tests.alerting.rules.cases.thresholds import thresholds


def cases(definitions: Definitions) -> list[Case]:
    """Return the cases of every alert."""
    return [*outages(), *customers(), *pipeline(), *silences(), *thresholds(definitions)]
