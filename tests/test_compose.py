"""The compose file of several servers holds together; nothing here runs it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes_web import BRIDGE, WHO, FakeAnswerer
from web import create_app
from web.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "scripts" / "deploy"
SERVERS = ("server1", "server2")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (DEPLOY / "compose.milvus.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.fixture(scope="module")
def upstreams(compose: dict[str, Any]) -> list[str]:
    (line,) = (
        line
        for line in compose["configs"]["proxy"]["content"].splitlines()
        if "reverse_proxy" in line
    )
    return str(line).replace("{", "").split()[1:]


def image_settings() -> dict[str, str]:
    """Return what the image sets of the service's variables."""
    return dict(re.findall(r"(QA_\w+)=(\S+)", (DEPLOY / "Dockerfile").read_text()))


def test_milvus_its_stores_two_servers_and_a_proxy_are_run(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    assert set(services) == {"etcd", "storage", "milvus", *SERVERS, "proxy"}
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        if name not in SERVERS:
            assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", service["image"]), name
    for name in ("etcd", "storage", "milvus"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"


def test_what_a_service_waits_for_and_keeps_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    kept = []
    for service in services.values():
        for other in service.get("depends_on", ()):
            assert other in services
        for volume in service.get("volumes", ()):
            kept.append(volume.partition(":")[0])
    # Each its own.
    assert sorted(kept) == sorted(compose["volumes"])
    assert services["milvus"]["environment"]["ETCD_ENDPOINTS"] == "etcd:2379"
    assert services["milvus"]["environment"]["MINIO_ADDRESS"] == "storage:9000"


def test_a_restarted_milvus_does_not_wait_long_for_the_one_before(
    compose: dict[str, Any],
) -> None:
    # Seconds, as text: compose hands on nothing else.
    seconds = compose["services"]["milvus"]["environment"]["COMMON_SESSION_TTL"]
    assert 5 <= int(seconds) <= 10


def test_the_servers_write_where_the_image_lets_them(compose: dict[str, Any]) -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    for name in SERVERS:
        service = compose["services"][name]
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
        # What the build takes is what the image knows.
        for argument in service["build"].get("args", ()):
            assert f"ARG {argument}" in dockerfile
        (volume,) = service["volumes"]
        assert f"VOLUME {volume.partition(':')[2]}\n" in dockerfile
        assert service["read_only"] is True
    assert "\npymilvus==" in (DEPLOY / "constraints.txt").read_text()


def test_the_servers_answer_the_readers_and_the_proxy(
    compose: dict[str, Any], upstreams: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upstreams == [f"{name}:8080" for name in SERVERS]
    for name in SERVERS:
        changes = {**image_settings(), **compose["services"][name]["environment"]}
        for variable, value in changes.items():
            # Compose's own: the default of a variable.
            default = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value)
            monkeypatch.setenv(variable, default)
        settings = Settings.from_env()
        assert settings.index == "milvus://milvus:19530/verbatim"
        assert settings.port == 8080
        app = create_app(FakeAnswerer([BRIDGE], {WHO: "Maria"}), settings=settings)
        for host in (*upstreams, "localhost:8080"):
            reply = app.test_client().get("/readyz", headers={"Host": host})
            assert reply.status_code == 200, host
        refused = app.test_client().get("/readyz", headers={"Host": "other.example"})
        assert refused.status_code != 200


def test_a_proxy_without_a_ready_server_says_when_to_ask_again(
    compose: dict[str, Any],
) -> None:
    errors = compose["configs"]["proxy"]["content"].partition("handle_errors {")[2]
    assert re.search(r"^\s*header Retry-After \d+$", errors, re.MULTILINE)
    assert re.search(r"^\s*respond .+ \{err\.status_code\}$", errors, re.MULTILINE)
