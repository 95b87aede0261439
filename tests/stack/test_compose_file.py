"""docker-compose.yml is accepted by two readers of the format, and lets nobody in from outside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from streams.alerting.rules.compose import COMPOSE
from streams.commands.generate import CHECKOUT
from streams.settings import Settings
from tests.stack.compose import COMPOSE_FILE, ComposeError, Tree, make_secrets, mounts, published, resolved
from tests.tools.debian import CACHE

SCHEMA = "usr/lib/python3/dist-packages/compose/config/compose_spec.json"
"""The compose-spec schema that Debian's package of docker-compose has with it."""
DOCKERFILE = CHECKOUT / "deploy" / "Dockerfile"
OURS = "service-quality-streams:"
PASSWORDS = re.compile(r"(?i)(password|secret|token)")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Secrets as they are made before the first start."""
    return make_secrets(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def tree(secrets: Path) -> Tree:
    """The file as docker-compose 1.29 resolves it."""
    return resolved(secrets)


def test_docker_compose_accepts_it_and_knows_all_services(tree: Tree) -> None:
    """Debian's docker-compose 1.29 takes the file, and finds in it what the stack is made of."""
    wanted = {"kafka", "topics", "worker", "serve", "pager", "freeze", "prometheus", "alertmanager", "grafana"}
    assert wanted <= tree["services"].keys()


@pytest.mark.parametrize("refused", ["name: streams\n", "x: 1\n"])
def test_docker_compose_refuses_what_it_does_not_know(refused: str, secrets: Path, tmp_path: Path) -> None:
    """Its word is worth something: a key that 1.29 does not know is refused."""
    file = tmp_path / "docker-compose.yml"
    file.write_text(refused + COMPOSE_FILE.read_text("utf-8"), "utf-8")
    with pytest.raises(ComposeError):
        resolved(secrets, file)


def test_the_schema_of_the_specification_accepts_it() -> None:
    """The file as it stands, before anything is resolved, is valid by the compose-spec schema; a wrong one is not."""
    schema = json.loads((CACHE / "docker-compose" / SCHEMA).read_text("utf-8"))
    written = yaml.safe_load(COMPOSE_FILE.read_text("utf-8"))
    # The schema wants a number where the specification lets a variable stand for one.
    for service in written["services"].values():
        if isinstance(service.get("scale"), str):
            service["scale"] = int(service["scale"].rpartition("-")[2].rstrip("}"))
    reader = jsonschema.Draft7Validator(schema)
    reader.validate(written)
    written["services"]["kafka"]["healthcheck"]["start_interval"] = "1s"
    with pytest.raises(jsonschema.ValidationError):
        reader.validate(written)


def test_every_port_is_published_on_loopback_alone(tree: Tree) -> None:
    """Nobody outside the machine reaches a port, whatever the firewall says."""
    outside = [where for service in tree["services"].values() for where, _ in published(service)]
    assert outside
    assert all(where.startswith("127.0.0.1:") for where in outside)


def test_no_password_stands_in_the_file(tree: Tree) -> None:
    """Each setting that is a password names a file of secrets; what has one of its own is random."""
    for name, service in tree["services"].items():
        for variable, text in (service.get("environment") or {}).items():
            if PASSWORDS.search(variable):
                assert str(text).startswith("/run/secrets/"), f"{name}: {variable}"
                assert str(text).removeprefix("/run/secrets/") in {each["source"] for each in service["secrets"]}


def test_two_installations_have_different_secrets(secrets: Path, tmp_path: Path) -> None:
    """Secrets are made at random, long enough, in a folder that only its owner enters; what is there is kept."""
    other = make_secrets(tmp_path / "other")
    assert other.stat().st_mode & 0o777 == 0o700
    for name in ("pager_secret", "grafana_admin_password", "api_tokens"):
        text = (other / name).read_text()
        assert len(text) >= 64
        assert text != (secrets / name).read_text()
        assert (make_secrets(other) / name).read_text() == text


def test_the_secrets_are_what_the_programs_read(secrets: Path) -> None:
    """The files that are made are ones that the settings accept."""
    settings = Settings.from_environment(
        {
            "STREAMS_PAGER_SECRET_FILE": str(secrets / "pager_secret"),
            "STREAMS_API_TOKENS": str(secrets / "api_tokens"),
        }
    )
    assert settings.pager_secret is not None
    assert {token.role for token in settings.api_tokens} == {"viewer", "agent", "writer"}


def test_programs_can_do_no_more_than_their_work(tree: Tree) -> None:
    """No container has capabilities, or may get more rights; all but Kafka write to volumes alone."""
    for name, service in tree["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only") or name == "kafka", name
        assert "latest" not in service["image"]
        assert ":" in service["image"]


def test_what_is_mounted_exists(tree: Tree) -> None:
    """Docker makes an empty folder of a path that is wrong; here it is found."""
    for service in tree["services"].values():
        for mount in mounts(service):
            if mount.is_volume:
                assert mount.source in tree["volumes"]
            else:
                assert Path(mount.source).exists(), mount.source
                assert mount.read_only


def test_grafana_is_given_what_its_provisioning_asks_for(tree: Tree) -> None:
    """Each variable and each folder that the provisioning names is one that the file gives Grafana."""
    grafana = tree["services"]["grafana"]
    places = {mount.target: Path(mount.source) for mount in mounts(grafana)}
    files = sorted(places["/etc/grafana/provisioning"].rglob("*.yml"))
    texts = [yaml.safe_load(path.read_text("utf-8")) for path in files]
    urls = [source["url"] for text in texts for source in text.get("datasources", [])]
    folders = [provider["options"]["path"] for text in texts for provider in text.get("providers", [])]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert urls
    assert {url.removeprefix("$") for url in urls} <= grafana["environment"].keys()
    assert folders
    for place in (*folders, home):
        [source] = [places[target] / place[len(target) + 1 :] for target in places if place.startswith(f"{target}/")]
        assert source.exists()


def test_settings_have_names_that_are_read(tree: Tree) -> None:
    """A variable that was renamed in the settings cannot linger in the file."""
    known = {variable.name for variable in Settings.table()} | {"HEALTH_URL"}
    for service in tree["services"].values():
        if service["image"].startswith(OURS):
            assert service["environment"].keys() <= known


def test_prometheus_looks_where_the_programs_listen(tree: Tree) -> None:
    """The addresses in the generated configurations are services of the file, on the ports that they are told."""
    services = tree["services"]
    listens = {"serve": "STREAMS_SERVE", "worker": "STREAMS_WORKER_WEB", "pager": "STREAMS_PAGER"}
    for address in (*COMPOSE.serve, *COMPOSE.workers, COMPOSE.pager):
        assert services[address.host]["environment"][listens[address.host]] == f"0.0.0.0:{address.port}"
    assert f"--web.listen-address=0.0.0.0:{COMPOSE.alertmanager.port}" in services[COMPOSE.alertmanager.host]["command"]


def test_the_image_checks_its_health_as_the_file_does(tree: Tree) -> None:
    """Whoever runs the image without the file has the same health check."""
    [line] = [
        text for text in DOCKERFILE.read_text().splitlines() if text.strip().startswith("CMD") and "urllib" in text
    ]
    checks = {tuple(tree["services"][name]["healthcheck"]["test"]) for name in ("worker", "serve", "pager")}
    assert checks == {("CMD", *json.loads(line.strip().removeprefix("CMD")))}


def test_the_image_is_made_of_locked_packages_by_a_user_without_rights() -> None:
    """Each package is installed by its hash; the last stage ends as a user who is not root."""
    text = DOCKERFILE.read_text("utf-8")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    assert len(stages) == 2
    assert "--require-hashes --no-deps --requirement /source/requirements.lock" in stages[0]
    assert "pip" not in stages[1]
    assert re.findall(r"^USER (\S+)", stages[1], flags=re.MULTILINE) == ["10001:10001"]


def test_the_image_has_what_it_copies() -> None:
    """What the Dockerfile copies from the checkout exists, and .dockerignore lets it through."""
    let_through = [
        line.removeprefix("!") for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    ]
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert list(CHECKOUT.glob(source)), source
            assert source in let_through


def test_what_is_frozen_is_kept_where_serve_shows_it(tree: Tree) -> None:
    """A service freezes months every day, is restarted where that fails, and writes to the volume that serve reads."""
    freeze = tree["services"]["freeze"]
    assert freeze["command"] == ["streams", "freeze-due", "--every-day"]
    assert freeze["restart"] == "unless-stopped"
    settings = Settings.from_environment({})
    assert freeze["environment"]["STREAMS_FREEZE_AT"] == f"{settings.freeze_at:%H:%M}"
    assert str(freeze["environment"]["STREAMS_FREEZE_GRACE_DAYS"]) == str(settings.freeze_grace_days)
    found = {
        name: [mount for mount in mounts(tree["services"][name]) if mount.target == "/var/lib/streams/reports"]
        for name in ("serve", "freeze")
    }
    assert [(mount.source, mount.read_only) for mount in found["serve"]] == [("reports", True)]
    assert [(mount.source, mount.read_only) for mount in found["freeze"]] == [("reports", False)]


def test_what_writers_write_stays(tree: Tree) -> None:
    """Serve keeps the report's texts where its setting says, in a volume that it may write to."""
    serve = tree["services"]["serve"]
    folder = serve["environment"]["STREAMS_REPORT_TEXT_DIR"]
    found = [(mount.source, mount.read_only) for mount in mounts(serve) if mount.target == folder]
    assert found == [("report-text", False)]
