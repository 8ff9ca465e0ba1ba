"""What the container files promise. No engine is needed: the files are read."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["web", "worker", "beat", "migrate"]
IGNORED = (ROOT / ".dockerignore").read_text().split()


def test_the_services() -> None:
    assert set(SERVICES) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_every_service_that_stays_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_several_workers_fit_beside_each_other() -> None:
    assert "container_name" not in SERVICES["worker"]
    assert "ports" not in SERVICES["worker"]
    assert "--hostname" not in SERVICES["worker"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_our_processes_have_no_privileges(name: str) -> None:
    service = SERVICES[name]
    assert "user" not in service, "the image's user is to run it"
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"]


def test_the_image_does_not_run_as_root() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    assert re.findall(r"^USER (.*)", stages[-1], re.MULTILINE) == ["10001"]


def test_only_the_web_server_can_be_reached_and_only_from_this_machine() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_no_secret_is_in_the_environment() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
            assert name not in {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "POSTGRES_PASSWORD"}
            assert not name.startswith("DEMO")


def test_secrets_and_settings_stay_out_of_the_image_and_the_repository() -> None:
    assert {".*", "secrets", "var", "tests", "node_modules"} <= set(IGNORED)
    assert {"secrets/", ".env", "var/"} <= set((ROOT / ".gitignore").read_text().split())


def test_migrations_run_before_anything_else_of_ours() -> None:
    for name in ["web", "worker", "beat"]:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_web_and_worker_share_the_files_that_people_send() -> None:
    assert SERVICES["web"]["volumes"] == SERVICES["worker"]["volumes"] == ["media:/media"]


def test_every_variable_that_is_explained_reaches_the_app() -> None:
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)) - {
        "PORT",
        "DEMO_NOW",
    }
    of_the_image = set(re.findall(r"\b([A-Z_]+)=", (ROOT / "Dockerfile").read_text()))
    for name in OURS:
        given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
        assert named - given - of_the_image == set(), name


def test_every_variable_of_the_settings_is_explained() -> None:
    settings = (ROOT / "integration2024/settings.py").read_text()
    names = set(re.findall(r'\benv\("([A-Z_]+)"', settings)) - {"VAR_DIR", "STATIC_ROOT"}
    explained = set(re.findall(r"[A-Z_]{4,}", (ROOT / ".env.example").read_text()))
    assert names <= explained
