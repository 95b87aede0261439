"""What Prometheus and Alertmanager are told in a demo."""

from __future__ import annotations

import re

from streams.alerting.rules.files import files
from streams.alerting.rules.scraping import Endpoints
from streams.demo.alarms import Duties, hastened
from streams.settings import Settings
from tests.core.july_signals import DEFINITIONS


def test_in_a_storm_they_wait_less_and_judge_alike() -> None:
    """Intervals and what is waited for before a page, an update and its end are a fifth; no condition changes."""
    settings = Settings.from_environment({})
    duties = Duties.load(settings.definitions_dir, DEFINITIONS)
    texts = files(DEFINITIONS, duties.roster, duties.planned, Endpoints.from_settings(settings))
    shorter = {path: hastened(text, 5) for path, text in texts.items()}
    changed = {
        (before.strip(), after.strip())
        for path, text in texts.items()
        for before, after in zip(text.splitlines(), shorter[path].splitlines(), strict=True)
        if before != after
    }
    assert ("scrape_interval: 5s", "scrape_interval: 1000ms") in changed
    assert ("group_interval: 30s", "group_interval: 6000ms") in changed
    assert ("keep_firing_for: 1m", "keep_firing_for: 12000ms") in changed
    names = {re.sub(": .*", "", before) for before, _ in changed}
    assert names == {
        *("scrape_interval", "scrape_timeout", "evaluation_interval"),
        *("group_wait", "group_interval", "keep_firing_for"),
    }
    assert {path: hastened(text, 1) for path, text in texts.items()} == texts
