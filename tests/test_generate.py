"""The files that are made from the code are committed as it would make them, and no others lie among them."""

from __future__ import annotations

from streams.commands.generate import CHECKOUT, generated
from streams.settings import Settings

RULES = CHECKOUT / "deploy" / "prometheus" / "rules"


def test_committed_files_are_as_they_would_be_made() -> None:
    """Who changes a Struct, a topic, the catalogue, a target or the roster runs `streams generate`."""
    made = generated(Settings.from_environment({}))
    assert [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text] == []


def test_prometheus_reads_no_rules_but_those_that_are_made() -> None:
    """prometheus.yml takes every file in the folder: one that is no longer made would go on alerting."""
    made = generated(Settings.from_environment({}))
    assert set(RULES.iterdir()) == {path for path in made if path.parent == RULES}
