"""docker-compose.yml and Dockerfile: valid for the published schema, and hardened as SECURITY.md claims."""

import json
import re
import stat
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.settings import PREFIX, Settings
from tests.support.servers import ROOT


class ComposeLoader(yaml.SafeLoader):
    """Knows the tags with which a second file takes something back: `!reset` and `!override`."""


def _sequence(loader: yaml.SafeLoader, node: yaml.Node) -> list[Any]:
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node)


ComposeLoader.add_constructor("!reset", lambda _loader, _node: None)
ComposeLoader.add_constructor("!override", _sequence)

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
WHOLE: dict[str, dict[str, Any]] = COMPOSE["services"]
APART: dict[str, Any] = yaml.load((ROOT / "docker-compose.apart.yml").read_text(encoding="utf-8"), ComposeLoader)  # noqa: S506 - a safe one
SERVICES = {**APART["services"], **WHOLE}
"""Those of both files; `quanyan` as the first one has it."""
OURS = ("init", "quanyan", "fleet", "ingest", "engine")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


@pytest.mark.parametrize("file", [COMPOSE, APART], ids=["whole", "apart"])
def test_the_file_is_valid_for_the_compose_specification(file: dict[str, Any]) -> None:
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(file, json.loads(schema.read_text(encoding="utf-8")))


@each_service
def test_what_a_service_names_is_declared(service: dict[str, Any]) -> None:
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]


def test_what_the_image_copies_is_there_and_reaches_the_build() -> None:
    let_in = {line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for path in (Path(source) for sources in copied for source in sources.split()):
        assert (ROOT / path).exists()
        assert {str(path), *map(str, path.parents)} & let_in, f"{path}: .dockerignore leaves it out"


def test_the_parts_are_all_there() -> None:
    assert set(WHOLE) == {"mosquitto", "influxdb", "postgres", *OURS[:3]}
    assert set(APART["services"]) == {"ingest", "engine", "quanyan"}
    assert SERVICES["fleet"]["profiles"] == ["fleet"]
    assert all("profiles" not in service for name, service in SERVICES.items() if name != "fleet")


def test_apart_each_process_is_run_once_over_the_same_volume_and_settings() -> None:
    processes = {"ingest": "ingest", "engine": "engine", "quanyan": "api"}
    for name, process in processes.items():
        assert APART["services"][name]["command"][:3] == ["serve", "--only", process]
        assert "quanyan-data:/var/lib/quanyan" in SERVICES[name]["volumes"]
        shared = {k: v for k, v in WHOLE["quanyan"]["environment"].items() if "MQTT" not in k and "PORT" not in k}
        assert shared.items() <= SERVICES[name]["environment"].items()
    assert set(APART["services"]["quanyan"]) == {"command", "depends_on", "environment", "secrets"}, (
        "the rest as before"
    )


def test_apart_only_ingest_has_the_password_of_the_broker() -> None:
    whole, apart = WHOLE["quanyan"], APART["services"]["quanyan"]
    about = {name for name in whole["environment"] if "MQTT" in name and ("PASSWORD" in name or "USER" in name)}
    assert apart["environment"] == dict.fromkeys(about)
    assert {*apart["secrets"], "mqtt_quanyan_password"} == set(whole["secrets"])
    assert "mqtt_quanyan_password" not in APART["services"]["engine"]["secrets"]


@each_service
def test_every_service_runs_as_a_numbered_user_that_is_not_root(service: dict[str, Any]) -> None:
    uid, gid = service["user"].split(":")
    assert int(uid) > 0
    assert int(gid) > 0


@each_service
def test_no_service_can_write_to_its_image_or_gain_rights(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)


@each_service
def test_every_image_has_a_version(service: dict[str, Any]) -> None:
    name, _, tag = service["image"].partition(":")
    assert name
    assert re.fullmatch(r"\d+(\.\d+)*", tag)


@each_service
def test_every_service_has_limits(service: dict[str, Any]) -> None:
    assert {"cpus", "memory", "pids"} == set(service["deploy"]["resources"]["limits"])


@pytest.mark.parametrize("name", ["mosquitto", "influxdb", "postgres", "quanyan", "ingest", "engine"])
def test_every_server_has_a_health_check_and_time_to_stop(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["stop_grace_period"]


@pytest.mark.parametrize("name", ["init", "fleet"])
def test_what_serves_nothing_has_no_health_check_instead_of_an_idle_one(name: str) -> None:
    assert SERVICES[name]["healthcheck"] == {"disable": True}


@each_service
def test_ports_are_bound_to_this_machine(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_stores_publish_no_port_and_reach_nothing_outside() -> None:
    for name in ("influxdb", "postgres"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@each_service
def test_no_password_stands_in_the_file(service: dict[str, Any]) -> None:
    for name, value in service.get("environment", {}).items():
        if re.search(r"PASSWORD|TOKEN|SECRET|KEY", name):
            assert name.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_the_script_makes_every_secret_once(tmp_path: Path) -> None:
    def run() -> dict[str, str]:
        subprocess.run(["sh", str(ROOT / "tools" / "make-secrets.sh"), str(tmp_path / "s")], check=True)
        return {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "s").iterdir()}

    first = run()
    assert {f"./secrets/{name}" for name in first} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert first.pop("mqtt_devices") == ""
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in first.values())
    assert len(set(first.values())) == len(first)
    assert run() == {**first, "mqtt_devices": ""}
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == stat.S_IRWXU


def test_the_secrets_are_ignored_by_git_and_by_the_image() -> None:
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert not any(line.startswith("!secrets") for line in ignored)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    for variable in SERVICES[name]["environment"]:
        section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
        assert variable.startswith(PREFIX)
        field = Settings.model_fields[section]
        assert not key or key in type(field.default).model_fields


@pytest.mark.parametrize("name", OURS)
def test_ours_is_one_image_that_waits_for_what_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == SERVICES["quanyan"]["image"]
    assert set(service["depends_on"]) <= set(SERVICES)
    assert all(need["condition"] != "service_started" for need in service["depends_on"].values())


def test_the_image_holds_every_package_and_only_the_run_time_dependencies() -> None:
    for package in ("domain", "rules", "ingest", "store", "api", "notify", "simulators", "app", "config"):
        assert f"COPY {package}/ {package}/" in DOCKERFILE
        assert f"!{package}/" in (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert "--require-hashes" in DOCKERFILE
    assert "--constraints requirements.lock" in DOCKERFILE
    assert "--build-constraints requirements.lock" in DOCKERFILE
    assert "--group dev" not in DOCKERFILE
    for name in OURS[:2]:
        settings = SERVICES[name]["command"][-1]
        assert f"COPY config/{Path(settings).name} {settings}" in DOCKERFILE


def test_the_image_runs_without_root_and_stops_on_sigterm() -> None:
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    assert "STOPSIGNAL SIGTERM" in last_stage
    assert "HEALTHCHECK" in last_stage
    assert SERVICES["quanyan"]["user"] == "10001:10001"


def test_the_image_uses_the_same_uv_as_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    assert wanted
    assert f"ARG UV_VERSION={wanted[1]}\n" in DOCKERFILE


def test_the_brokers_memory_is_more_than_twice_its_queue() -> None:
    conf = (ROOT / "config" / "mosquitto.conf").read_text(encoding="utf-8")
    queue = re.search(r"^max_queued_bytes (\d+)$", conf, re.MULTILINE)
    assert queue
    limit = SERVICES["mosquitto"]["deploy"]["resources"]["limits"]["memory"]
    assert int(limit.removesuffix("m")) << 20 > 2 * int(queue[1])


def test_the_broker_has_descriptors_for_every_connection() -> None:
    conf = (ROOT / "config" / "mosquitto.conf").read_text(encoding="utf-8")
    connections = re.search(r"^max_connections (\d+)$", conf, re.MULTILINE)
    assert connections
    assert SERVICES["mosquitto"]["ulimits"]["nofile"]["soft"] > int(connections[1])
