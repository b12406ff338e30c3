"""deploy/ calls what is there: units, container and compose file are read as their own programs read them."""

import configparser
import json
import re
import shlex

import pytest
import yaml

from aiwatch.config.secrets import VARIABLE
from tests.test_docs import CONFIGURATION, DEPLOY, ROOT, read, refusal

UNITS = ("aiwatch.service", "aiwatch-fetch.service", "aiwatch-fetch.timer")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(read(DEPLOY / name))
    return parser


def instructions() -> list[str]:
    """The Dockerfile's lines, folded."""
    return re.sub(r"\\\n\s*", "", read(DEPLOY / "Dockerfile")).splitlines()


@pytest.mark.parametrize("name", UNITS[:2])
def test_a_unit_calls_a_command_that_is_there_and_is_hardened(name: str) -> None:
    service = unit(name)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/aiwatch/.venv/bin/aiwatch"
    assert refusal(arguments) is None
    assert arguments[-2:] == ["-c", "/etc/aiwatch/feeds.yaml"]
    assert service["User"] == service["StateDirectory"] == "aiwatch"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"


def test_the_service_and_the_pass_are_shut_in_alike() -> None:
    kinds = {
        "Type",
        "ExecStart",
        "ExecReload",
        "Restart",
        "RestartSec",
        "RestartPreventExitStatus",
        "SuccessExitStatus",
    }
    one, other = (
        {
            key: value
            for key, value in unit(name)["Service"].items()
            if key not in kinds | {"TimeoutStartSec"}
        }
        for name in UNITS[:2]
    )
    assert one == other


def test_the_timer_starts_the_pass() -> None:
    timer = unit("aiwatch-fetch.timer")["Timer"]
    assert timer["Unit"] in UNITS
    assert unit(timer["Unit"])["Service"]["Type"] == "oneshot"


def test_the_container_starts_a_command_as_somebody_with_no_name() -> None:
    lines = instructions()
    of = {line.split()[0]: line.partition(" ")[2] for line in lines if line and line[0].isupper()}
    assert json.loads(of["ENTRYPOINT"]) == ["aiwatch"]
    assert refusal(json.loads(of["CMD"])) is None
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", of["USER"])
    assert of["VOLUME"] == "/data"
    assert any(
        "pip install --no-cache-dir" in line and "--constraint constraints.txt" in line
        for line in lines
    )


def test_the_container_is_made_of_files_that_are_there_and_let_in() -> None:
    let_in = {
        line[1:]
        for line in read(DEPLOY / "Dockerfile.dockerignore").splitlines()
        if line[:1] == "!"
    }
    copied = {
        path.removeprefix("./")
        for line in instructions()
        if line.startswith("COPY ") and "--from" not in line
        for path in line.split()[1:-1]
    }
    assert copied == let_in
    assert all((ROOT / path).exists() for path in copied)


def test_what_links_lead_to_is_let_into_the_container() -> None:
    let_in = {
        line[1:]
        for line in read(DEPLOY / "Dockerfile.dockerignore").splitlines()
        if line[:1] == "!"
    }
    targets = [
        path.resolve().relative_to(ROOT) for path in (ROOT / "src").rglob("*") if path.is_symlink()
    ]
    assert [target for target in targets if target.parts[0] not in let_in] == []


def test_the_compose_file_builds_and_starts_what_is_there() -> None:
    service = yaml.safe_load(read(DEPLOY / "compose.yaml"))["services"]["aiwatch"]
    context = (DEPLOY / service["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / service["build"]["dockerfile"]).is_file()
    assert refusal(service["command"]) is None
    assert [volume.partition(":")[2] for volume in service["volumes"]] == ["/data"]
    assert (DEPLOY / f"{service['env_file']}.example").is_file()


def test_the_example_environment_holds_names_that_are_explained() -> None:
    offered = set(
        re.findall(r"^#?([A-Z_]+)=", read(DEPLOY / "aiwatch.env.example"), flags=re.MULTILINE)
    )
    assert offered
    assert offered <= {name for name, _ in VARIABLE.findall(CONFIGURATION)}


def test_what_is_installed_is_there() -> None:
    named = re.findall(r"(?<![\w./])deploy/[\w.-]+", read(DEPLOY / "README.md"))
    made_there = {"deploy/aiwatch.env", "deploy/data"}  # by the reader
    assert named
    assert [name for name in named if name not in made_there and not (ROOT / name).exists()] == []
