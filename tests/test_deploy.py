"""What an operator is given: image, compose file, unit, locks, bill of materials, and their page."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.parse
import urllib.request
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from models.convert import converted
from models.registry import resolve
from translate.cli import main
from translate.cli.serving import serve
from translate.serve.metrics import Metrics

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")
LOCKS = ("requirements.lock", "serving.lock")
PAGE = (DEPLOY / "README.md").read_text(encoding="utf-8")


def joined(name: str) -> list[str]:
    """The file's lines without comments, those that end in a backslash together with the next."""
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return re.sub(r"\\\n\s*", " ", kept).splitlines()


def instructions(word: str) -> list[str]:
    return [
        line.removeprefix(word).strip()
        for line in joined("Dockerfile")
        if line.startswith(word + " ")
    ]


def image_command() -> list[str]:
    (command,) = instructions("CMD")
    return [str(word) for word in json.loads(command)]


def image_python() -> str:
    return instructions("ARG")[0].removeprefix("PYTHON=").partition("-")[0]


def unit() -> dict[str, list[str]]:
    settings: dict[str, list[str]] = {}
    for line in joined("dragoman.service"):
        name, equals, value = line.partition("=")
        if equals:
            settings.setdefault(name, []).append(value)
    return settings


def service() -> dict[str, Any]:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return dict(composed["services"]["dragoman"])


def composed_command() -> list[str]:
    return [by_default(word) for word in service()["command"]]


def by_default(word: object) -> str:
    """What compose makes of `${NAME:-default}` where the environment says nothing."""
    return re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(word))


def unit_command() -> list[str]:
    _, *words = shlex.split(unit()["ExecStart"][0])
    return words


def options(words: list[str]) -> dict[str, Any]:
    """What `serve` would be called with. click refuses what it doesn't know."""
    assert words[0] == "serve"
    return serve.make_context("serve", words[1:]).params


def given(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def read_lock(name: str) -> list[tuple[Requirement, int]]:
    """The requirements of a lock, and how many hashes each has."""
    return [
        (Requirement(line.partition(" --hash")[0]), line.count("--hash=sha256:"))
        for line in joined(name)
        if line.strip()
    ]


def pins(name: str, python: str, machine: str = "x86_64") -> dict[str, str]:
    """Names and versions that a lock installs under Linux."""
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_machine": machine,
    }
    found: dict[str, str] = {}
    for requirement, _ in read_lock(name):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            key = canonicalize_name(requirement.name)
            assert key not in found, f"{name}: {key} twice under Python {python}"
            (specifier,) = requirement.specifier
            assert specifier.operator == "=="
            found[key] = specifier.version
    return found


def not_served() -> set[str]:
    return {line.partition("  #")[0] for line in joined("not-served.txt")}


@pytest.mark.parametrize("words", [image_command, composed_command, unit_command])
def test_the_server_knows_its_arguments(words: Any) -> None:
    assert options(words())["keys_file"]


def test_the_composed_server_is_the_images_with_threads() -> None:
    command = image_command()
    assert composed_command()[: len(command)] == command
    assert given(composed_command(), "--threads") == by_default(service()["cpus"])


def test_what_clients_make_lies_in_the_volume() -> None:
    (volume,) = instructions("VOLUME")
    (mounted,) = service()["volumes"]
    assert mounted.split(":")[1] == volume
    for option in ("--keys", "--termbases"):
        assert Path(given(image_command(), option)).is_relative_to(volume)


def test_what_the_service_keeps_lies_in_its_state_directory() -> None:
    (state,) = unit()["StateDirectory"]
    for option in ("--keys", "--termbases"):
        assert Path(given(unit_command(), option)).is_relative_to(Path("/var/lib", state))


def test_the_port_is_open_to_this_machine_only() -> None:
    port = given(image_command(), "--port")
    assert instructions("EXPOSE") == [port]
    assert service()["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert options(unit_command())["host"] == "127.0.0.1"


def test_health_is_asked_at_the_servers_port() -> None:
    (asked,) = instructions("HEALTHCHECK")
    probe = json.loads(asked.partition("CMD")[2])
    assert service()["healthcheck"]["test"] == ["CMD", *probe]
    assert f":{given(image_command(), '--port')}/ready" in probe[-1]


def test_nobody_kills_it_while_it_finishes() -> None:
    grace = options(["serve"])["grace"]
    assert int(service()["stop_grace_period"].removesuffix("s")) > grace
    assert int(unit()["TimeoutStopSec"][0]) > grace


def test_memory_may_be_written_and_executed() -> None:
    """CTranslate2's int8 kernels are generated as they run; without, it translates into nonsense."""
    assert unit().get("MemoryDenyWriteExecute", ["no"]) == ["no"]


def test_what_the_image_is_made_of_reaches_the_builder() -> None:
    let_in = {
        line[1:].split("/")[0] for line in joined("Dockerfile.dockerignore") if line[:1] == "!"
    }
    assert {"glossary", "models", "translate", "pyproject.toml", "README.md", "LICENSE"} <= let_in
    copied = [source for line in instructions("COPY") for source in line.split()[:-1]]
    for source in copied:
        if not source.startswith(("--from", "/")):
            assert (ROOT / source).exists(), source


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_the_project_asks_for(name: str, python: str) -> None:
    locked = pins(name, python)
    left_out = not_served() if name == "serving.lock" else set()
    for dependency in map(Requirement, PROJECT["dependencies"]):
        key = canonicalize_name(dependency.name)
        if key not in left_out:
            assert dependency.specifier.contains(locked[key]), f"{name}: {key} {locked[key]}"
    assert not left_out & set(locked)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_its_packages_need(name: str) -> None:
    """As far as their metadata is here: packages that are installed in the locked version."""
    locked = pins(name, f"{sys.version_info.major}.{sys.version_info.minor}")
    checked = 0
    for key, version in locked.items():
        try:
            found = distribution(key)
        except PackageNotFoundError:
            continue
        if found.version.partition("+")[0] != version:
            continue
        checked += 1
        for need in map(Requirement, found.requires or ()):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                assert canonicalize_name(need.name) in locked, f"{name}: {key} needs {need}"
    assert checked


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_hosts(name: str) -> None:
    assert all(count for _, count in read_lock(name))
    assert "://" not in (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("python", PYTHONS)
def test_the_served_versions_are_those_of_the_whole(python: str) -> None:
    assert pins("serving.lock", python).items() <= pins("requirements.lock", python).items()


def test_the_bill_of_materials_is_the_images() -> None:
    bill = json.loads((DEPLOY / "sbom.json").read_text(encoding="utf-8"))
    listed = {canonicalize_name(one["name"]): one["version"] for one in bill["components"]}
    assert listed == pins("serving.lock", image_python())
    assert bill["metadata"]["component"]["name"] == PROJECT["name"]
    assert bill["metadata"]["component"]["version"] == PROJECT["version"]
    assert all(one.get("licenses") for one in bill["components"])


def test_the_page_names_the_servers_figures() -> None:
    families = set(re.findall(r"^# TYPE (dragoman_\w+)", Metrics().text().decode(), re.MULTILINE))
    made = {name for name in families if not name.endswith("_created")}
    assert set(re.findall(r"`(dragoman_\w+)`", PAGE)) == made


def test_the_commands_of_the_page_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = "\n".join(re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
    called = re.findall(
        r"(?:\bdragoman|bin/dragoman) ((?:serve|translate|models|terms)\b.*)", blocks
    )
    assert len(called) >= 3
    for line in called:
        words = shlex.split(line.split("  #")[0])
        words = words[: words.index("|")] if "|" in words else words
        with pytest.raises(SystemExit) as stopped:
            main([*(word for word in words if word != "-"), "--help"])
        assert stopped.value.code == 0, line


def test_the_dockerfile_is_clean() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if hadolint is None:
        pytest.skip("no hadolint")
    ran = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert not ran.returncode, ran.stdout


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd")
    text = (DEPLOY / "dragoman.service").read_text(encoding="utf-8")
    here = tmp_path / "dragoman.service"  # verify wants a command that exists
    here.write_text(text.replace("/opt/dragoman/bin/dragoman", sys.executable), encoding="utf-8")
    ran = subprocess.run([analyze, "verify", here], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.slow
def test_what_is_locked_for_serving_serves(tmp_path: Path) -> None:
    """With nothing else to import: no torch, no transformers, nothing of theirs."""
    converted(resolve("starter"), "int8")
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    left_out = set(pins("requirements.lock", here)) - set(pins("serving.lock", here))
    for module, owners in packages_distributions().items():
        if {canonicalize_name(owner) for owner in owners} <= left_out:
            (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError({module!r})\n")
    assert (tmp_path / "torch.py").exists()
    server = subprocess.Popen(
        [sys.executable, "-m", "translate.cli", "serve", "--port", "0",
         "--keys", tmp_path / "keys.json", "--termbases", tmp_path / "termbases"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    assert server.stdout
    text = "وصل الرئيس الروسي فلاديمير بوتين إلى بيونغ يانغ."
    form = urllib.parse.urlencode({"text": text, "target_lang": "EN"}).encode()
    with server:
        try:
            address = server.stdout.readline().strip()
            with urllib.request.urlopen(f"{address}/v2/translate", form, timeout=60) as answer:
                (translation,) = json.load(answer)["translations"]
        finally:
            server.terminate()
    assert "Vladimir Putin" in translation["text"]
