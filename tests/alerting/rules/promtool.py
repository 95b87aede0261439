"""Runs promtool's tests of rules: cases become its files, and its complaints ours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from streams.alerting.rules.groups import RECORDS, group_name
from tests.alerting.rules.cases.case import Case
from tests.tools.debian import run

Tree = dict[str, Any]
RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "rules"


def check(tests: Iterable[Tree], group: str, every: str, folder: Path) -> tuple[bool, str]:
    """Return whether promtool's tests pass, and what it says.

    Of the alerts those of one group are evaluated, `every` so often: all of them would take minutes.
    """
    file = folder / "tests.yml"
    groups = (RECORDS, group)
    content = {
        "rule_files": [str(RULES / f"{name}.yml") for name in groups],
        # Else by chance: alerts that are evaluated first see records of one interval ago.
        "group_eval_order": [group_name(name) for name in groups],
        "evaluation_interval": every,
        "tests": list(tests),
    }
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    ended = run("promtool", "test", "rules", file)
    return ended.returncode == 0, ended.stdout + ended.stderr


def firing(case: Case) -> Tree:
    """Return the test that exactly the alerts of a case fire."""
    name = f'ALERTS{{alertname="{case.alert}",alertstate="firing"}}'
    if case.fires:
        expression = f"sum by ({', '.join(case.fires[0])}) ({name})"
        samples = [{"labels": _labels(labels), "value": 1} for labels in case.fires]
    else:
        expression, samples = f"count({name})", []
    return _test(case) | {"promql_expr_test": [{"expr": expression, "eval_time": case.at, "exp_samples": samples}]}


def texts(case: Case) -> Tree:
    """Return a test that fails, and in whose failure promtool shows the alerts' texts as people get them."""
    return _test(case) | {"alert_rule_test": [{"eval_time": case.at, "alertname": case.alert, "exp_alerts": []}]}


def value(shown: dict[str, str], expression: str, at: str, expected: float) -> Tree:
    """Return the test that an expression has a value, without labels."""
    case = Case("", expression, shown, at=at)
    sample = {"labels": "{}", "value": expected}
    return _test(case) | {"promql_expr_test": [{"expr": expression, "eval_time": at, "exp_samples": [sample]}]}


def _test(case: Case) -> Tree:
    return {
        "name": f"{case.alert}: {case.says}",
        "interval": case.step,
        "input_series": [{"series": name, "values": values} for name, values in case.shown.items()],
    }


def _labels(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{content}"' for name, content in labels.items()) + "}"
