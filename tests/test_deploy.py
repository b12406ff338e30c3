"""deploy/ calls what is there: units, container and compose file are read as their own programs read them."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from aiwatch.cli.serving import HERE, TOKEN
from aiwatch.config.secrets import VARIABLE
from tests.test_docs import CONFIGURATION, DEPLOY, ROOT, read, refusal
from tests.web.conftest import made, served

UNITS = ("aiwatch.service", "aiwatch-fetch.service", "aiwatch-fetch.timer")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
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
        "NotifyAccess",
        "WatchdogSec",
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


def test_the_service_says_itself_how_it_is() -> None:
    service = unit("aiwatch.service")["Service"]
    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert service["WatchdogSec"] == "3min"
    assert service["Restart"] == "on-failure"


ANALYZE = shutil.which("systemd-analyze")
MOST_EXPOSED = (
    2.0  # of 10; what is left is the network, its own user's files and being root of nothing
)


def analyzed(folder: Path, *words: str) -> str:
    """What systemd-analyze says of our units, with a program that is there in the place of the installed one."""
    for name in UNITS:
        text = read(DEPLOY / name).replace("/opt/aiwatch/.venv/bin/aiwatch", "/bin/true")
        (folder / name).write_text(text)
    files = [str(folder / name) for name in words if name in UNITS]
    options = [word for word in words if word not in UNITS]
    done = subprocess.run(
        [str(ANALYZE), *options, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze (Debian package systemd)")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    said = analyzed(tmp_path, "verify", "--man=no", *UNITS)
    assert [line for line in said.splitlines() if any(name in line for name in UNITS)] == []


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze (Debian package systemd)")
@pytest.mark.parametrize("name", UNITS[:2])
def test_little_is_exposed(tmp_path: Path, name: str) -> None:
    said = analyzed(tmp_path, "security", "--offline=yes", "--no-pager", name)
    (level,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert float(level) <= MOST_EXPOSED


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


def test_the_container_is_asked_how_it_is(tmp_path: Path) -> None:
    of = dict(line.strip().split(" ", 1) for line in instructions() if " " in line.strip())
    program, *words = json.loads(of["HEALTHCHECK"].partition("CMD ")[2])
    command = json.loads(of["CMD"])
    port = command[command.index("--web") + 1].rpartition(":")[2]
    assert program == "python"
    assert f"http://127.0.0.1:{port}/healthz" in words[-1]
    assert of["EXPOSE"] == port
    with served(made(tmp_path).client.app) as origin:
        asked = [sys.executable, *words[:-1], words[-1].replace(f"http://127.0.0.1:{port}", origin)]
        well = subprocess.run(asked, capture_output=True, text=True, timeout=60)
        assert well.returncode == 0, well.stderr


# As hadolint has them: DL3006, DL3007, DL3020, DL3000, DL3002, DL3025, DL3042.
RULES = {
    r"FROM [\w./-]+(?!:)(?:\s|$)": "a base image without a tag",
    r"FROM \S+:latest": "latest moves",
    r"ADD ": "COPY says what it does",
    r"WORKDIR (?!/)": "a relative folder",
    r"RUN .*\bsudo\b": "sudo in a container",
    r"(?:CMD|ENTRYPOINT) (?!\[)": "a shell between signals and the program",
    r"RUN .*pip install (?!.*--no-cache-dir)": "pip's cache in a layer",
    r"RUN .*apt-get (?!.*rm -rf /var/lib/apt/lists)": "apt's lists in a layer",
}


@pytest.mark.parametrize("pattern", RULES)
def test_the_container_keeps_the_usual_rules(pattern: str) -> None:
    assert [line for line in instructions() if re.match(pattern, line)] == []


def test_the_last_user_is_not_root_and_labels_are_standard() -> None:
    lines = instructions()
    assert not any(line.startswith(("RUN", "COPY")) for line in lines[-8:])
    labels = re.findall(r"([\w.]+)=", next(line for line in lines if line.startswith("LABEL")))
    assert set(labels) >= {f"org.opencontainers.image.{name}" for name in ("title", "licenses")}


def test_the_proxy_leads_to_where_the_pages_are() -> None:
    lines = [line.split("#")[0].strip() for line in read(DEPLOY / "Caddyfile").splitlines()]
    assert f"reverse_proxy {HERE}" in lines


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
    port = service["command"][-1].rpartition(":")[2]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert (DEPLOY / f"{service['env_file']}.example").is_file()


def test_the_example_environment_holds_names_that_are_explained() -> None:
    offered = set(
        re.findall(r"^#?([A-Z_]+)=", read(DEPLOY / "aiwatch.env.example"), flags=re.MULTILINE)
    )
    assert offered
    assert offered - {TOKEN} <= {name for name, _ in VARIABLE.findall(CONFIGURATION)}


def test_what_is_installed_is_there() -> None:
    named = re.findall(r"(?<![\w./])deploy/[\w.-]+", read(DEPLOY / "README.md"))
    made_there = {"deploy/aiwatch.env", "deploy/data"}  # by the reader
    assert named
    assert [name for name in named if name not in made_there and not (ROOT / name).exists()] == []
