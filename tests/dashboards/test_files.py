"""What lies in grafana/: the dashboards that are made and no others, found by the provisioning; every text is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from streams.commands.generate import CHECKOUT
from streams.dashboards.spec import Page, Panel
from streams.dashboards.texts import LANGUAGES, TEXTS, Names, Texts
from tests.dashboards.shown import RUNBOOK_PAGE, all_boards, dashboards, definitions, texts

GRAFANA = CHECKOUT / "grafana"
MOUNTED = "/etc/grafana/dashboards/"
"""Where docker-compose.yml puts grafana/dashboards/."""


def test_no_other_dashboards_lie_there() -> None:
    """Grafana shows every file in the folders: one that is no longer made would stay on for ever."""
    lying = {path.relative_to(GRAFANA / "dashboards").as_posix() for path in GRAFANA.glob("dashboards/*/*")}
    assert lying == {f"{path}.json" for path in texts()}


def test_provisioning_finds_the_dashboards_and_the_home() -> None:
    """Each language's folder is one provider, and the home dashboard that Compose names is one of the files."""
    [providers] = (_read(path)["providers"] for path in (GRAFANA / "provisioning" / "dashboards").iterdir())
    assert {one["options"]["path"] for one in providers} == {f"{MOUNTED}{language}" for language in LANGUAGES}
    grafana = _read(CHECKOUT / "docker-compose.yml")["services"]["grafana"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home.removeprefix(MOUNTED).removesuffix(".json") in dashboards()
    assert any(volume.startswith(f"./grafana/dashboards:{MOUNTED.rstrip('/')}") for volume in grafana["volumes"])


def test_alerts_are_prometheus_s() -> None:
    """Data sources take their addresses from variables that Compose sets, and Grafana has no alerts of its own."""
    sources = _read(GRAFANA / "provisioning" / "datasources" / "streams.yml")["datasources"]
    grafana = _read(CHECKOUT / "docker-compose.yml")["services"]["grafana"]["environment"]
    assert {source["url"].removeprefix("$") for source in sources} <= grafana.keys()
    assert {source["type"] for source in sources} == {"prometheus", "alertmanager"}
    assert grafana["GF_UNIFIED_ALERTING_EXECUTE_ALERTS"] == "false"
    assert not (GRAFANA / "provisioning" / "alerting").exists()


def test_every_text_is_used_and_complete() -> None:
    """No panel lacks a text, no text lacks a panel, and none is empty in a language."""
    panels = {one.text or one.key for board in all_boards() for one in board.panels() if isinstance(one, Panel)}
    assert panels == set(TEXTS.panels)
    assert {board.key for board in all_boards()} == set(TEXTS.boards)
    for text in _all_texts(TEXTS):
        assert set(text) == set(LANGUAGES)
        assert all(words.strip() for words in text.values())


def test_every_name_of_a_value_is_of_a_known_value() -> None:
    """A value that no label has any more keeps no name; those of branches and brands are not ours to name."""
    labels = ("state", "tier", "severity", "kind", "caller", "branch")
    assert set(TEXTS.values) <= set(Names(definitions()).of(labels, "en"))


def test_the_runbook_is_whole() -> None:
    """Every alert's heading of deploy/runbook.md is a panel of its own, with all that stands below it."""
    [runbook] = [board for board in all_boards() if board.key == "runbook"]
    shown = {panel.title: panel.content for panel in runbook.panels() if isinstance(panel, Page)}
    for part in RUNBOOK_PAGE.split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        assert shown[heading] == text.partition("\n## ")[0].strip()


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _all_texts(all_of: Texts) -> list[dict[Any, str]]:
    titled = (*all_of.boards.values(), *all_of.panels.values())
    return [
        *(text for one in titled for text in (one.title, one.description)),
        *all_of.words.values(),
        *all_of.values.values(),
    ]
