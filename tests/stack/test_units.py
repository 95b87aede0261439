"""systemd's units and Kubernetes' manifests are valid, and say what the programs understand."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from streams.alerting.rules.compose import COMPOSE
from streams.cli import COMMANDS
from streams.commands.generate import CHECKOUT
from streams.settings import Settings

SYSTEMD = CHECKOUT / "deploy" / "systemd"
UNITS = sorted(path for path in SYSTEMD.iterdir() if path.suffix in (".service", ".target", ".timer"))
MANIFESTS = sorted((CHECKOUT / "deploy" / "kubernetes").glob("*.yaml"))
PROGRAM = "/opt/streams/bin/streams"
KNOWN = {variable.name for variable in Settings.table()}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def documents() -> list[dict[str, Any]]:
    """Return every object of the manifests."""
    return [each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text("utf-8"))]


def pods() -> dict[str, dict[str, Any]]:
    """Return name → specification of each object that starts pods."""
    specifications = (
        (each["metadata"]["name"], each["spec"].get("jobTemplate", each)["spec"])
        for each in documents()
        if "spec" in each
    )
    return {name: each["template"]["spec"] for name, each in specifications if "template" in each}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_exist_with_settings_that_are_read(unit: Path) -> None:
    """A command or a variable that was renamed cannot linger in a unit."""
    text = unit.read_text("utf-8")
    for command in re.findall(rf"^ExecStart={PROGRAM} (\S+)", text, flags=re.MULTILINE):
        assert command in COMMANDS
    assert set(re.findall(r"^Environment=(\w+)=", text, flags=re.MULTILINE)) <= KNOWN


def test_the_environment_file_has_settings_that_are_read_and_no_secret() -> None:
    """What is copied to /etc/streams is understood, but for the names of hosts."""
    lines = [line for line in (SYSTEMD / "streams.env").read_text("utf-8").splitlines() if line and line[0] != "#"]
    settings = dict(line.split("=", 1) for line in lines)
    assert settings.keys() <= KNOWN
    Settings.from_environment(settings | {"STREAMS_DEFINITIONS_DIR": str(CHECKOUT / "deploy")})
    assert not [name for name in settings if re.search("SECRET|PASSWORD|TOKEN", name)]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine to ask")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """systemd itself finds nothing wrong but that the program is not installed here, and rates them as confined."""
    folder = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(SYSTEMD, folder)
    services = [path.name.replace("@", "@1") for path in UNITS if path.suffix in (".service", ".timer")]
    verify = [
        "systemd-analyze",
        "verify",
        "--man=no",
        "--recursive-errors=no",
        *(str(folder / name) for name in services),
    ]
    said = subprocess.run(
        verify, env={"SYSTEMD_UNIT_PATH": f"{folder}:"}, capture_output=True, text=True, check=False, timeout=60
    )
    wrong = [line for line in said.stderr.splitlines() if f"Command {PROGRAM} is not executable" not in line]
    assert wrong == []


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_takes_the_manifests(path: Path) -> None:
    """Each object is valid by Kubernetes' own schema, strictly; one with a wrong field is not."""
    for each in yaml.safe_load_all(path.read_text("utf-8")):
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)
        part = each.get("spec") or each["data"]
        part["replikas"] = 3
        if "spec" in each:
            with pytest.raises(kubernetes_validate.ValidationError):
                kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


def test_pods_start_commands_that_exist_with_settings_that_are_read() -> None:
    """A command or a variable that was renamed cannot linger in a manifest; nor can it name a map that is not there."""
    found = pods()
    assert found.keys() == {"topics", "worker", "serve", "pager", "freeze"}
    [settings] = [each["data"] for each in documents() if each["kind"] == "ConfigMap"]
    assert settings.keys() <= KNOWN
    for pod in found.values():
        [container] = pod["containers"]
        assert container["command"][0] == "streams"
        assert container["command"][1] in COMMANDS
        assert {each["name"] for each in container.get("env", [])} <= KNOWN
        assert {"configMapRef": {"name": "streams-settings"}} in container["envFrom"]


def test_pods_can_do_no_more_than_their_work() -> None:
    """No pod runs as root, gets rights, writes to its image, or speaks to Kubernetes."""
    for pod in pods().values():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"] == RESTRICTED
            assert container["resources"]["limits"].keys() == {"memory"}


def test_probes_ask_for_health_and_readiness() -> None:
    """A worker that folds is alive and not ready: it is left alone, and gets no traffic."""
    for name in ("worker", "serve"):
        [container] = pods()[name]["containers"]
        asked = {
            probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert asked == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}


def test_services_have_the_names_and_ports_of_the_compose_file() -> None:
    """So Prometheus and Alertmanager are configured alike there and here."""
    services = {
        each["metadata"]["name"]: each["spec"]["ports"][0]["port"] for each in documents() if each["kind"] == "Service"
    }
    wanted = {address.host: address.port for address in (*COMPOSE.serve, *COMPOSE.workers, COMPOSE.pager)}
    assert wanted.items() <= services.items()


def test_every_policy_and_budget_selects_pods_that_there_are() -> None:
    """A selector with a wrong name would protect nobody."""
    names = pods().keys()
    for each in documents():
        if each["kind"] in ("PodDisruptionBudget", "Service"):
            selector = each["spec"]["selector"]
            assert selector.get("matchLabels", selector)["app.kubernetes.io/name"] in names


def test_months_are_frozen_every_day_at_the_time_that_the_settings_have() -> None:
    """The timer and the CronJob start what freezes, when the compose file's does, in the installation's time zone."""
    settings = Settings.from_environment({})
    timer = (SYSTEMD / "streams-freeze.timer").read_text("utf-8")
    assert f"OnCalendar=*-*-* {settings.freeze_at:%H:%M:%S} {settings.timezone}\n" in timer
    assert "Persistent=true\n" in timer
    assert f"ExecStart={PROGRAM} freeze-due\n" in (SYSTEMD / "streams-freeze.service").read_text("utf-8")
    [job] = [each["spec"] for each in documents() if each["kind"] == "CronJob"]
    assert job["schedule"] == f"{settings.freeze_at.minute} {settings.freeze_at.hour} * * *"
    assert (job["timeZone"], job["concurrencyPolicy"]) == (settings.timezone, "Forbid")
    assert pods()["freeze"]["containers"][0]["command"] == ["streams", "freeze-due"]


def test_what_is_frozen_is_kept_where_serve_shows_it() -> None:
    """Freeze writes to a folder that outlives it, and serve reads the same one: one user of systemd, one claim."""
    for line in ("User=streams-reports", "WorkingDirectory=/var/lib/streams"):
        for unit in ("serve", "freeze"):
            assert line in (SYSTEMD / f"streams-{unit}.service").read_text("utf-8").splitlines()
    for name, read_only in (("serve", True), ("freeze", False)):
        [volume] = [each for each in pods()[name]["volumes"] if each["name"] == "reports"]
        [mount] = [each for each in pods()[name]["containers"][0]["volumeMounts"] if each["name"] == "reports"]
        assert volume["persistentVolumeClaim"]["claimName"] in claims()
        assert mount["mountPath"] == "/var/lib/streams/reports"
        assert mount.get("readOnly", False) is read_only


def test_what_writers_write_is_kept() -> None:
    """Where its setting says, serve may write, and what it writes outlives it: a folder of systemd's, a claim."""
    folder = "/var/lib/streams/report-text"
    unit = (SYSTEMD / "streams-serve.service").read_text("utf-8").splitlines()
    assert f"Environment=STREAMS_REPORT_TEXT_DIR={folder}" in unit
    assert "StateDirectory=streams streams/report-text" in unit
    pod = pods()["serve"]
    [mount] = [each for each in pod["containers"][0]["volumeMounts"] if each["mountPath"] == folder]
    [volume] = [each for each in pod["volumes"] if each["name"] == mount["name"]]
    assert volume["persistentVolumeClaim"]["claimName"] in claims()
    assert not mount.get("readOnly", False)
    assert {"name": "STREAMS_REPORT_TEXT_DIR", "value": folder} in pod["containers"][0]["env"]


def claims() -> set[str]:
    """Return the names of the volume claims."""
    return {each["metadata"]["name"] for each in documents() if each["kind"] == "PersistentVolumeClaim"}
