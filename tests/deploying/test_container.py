"""The container: its steps are carried out here, in a folder, without a container."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploying.conftest import Start
from tests.deploying.containerfile import Stage, read_stages
from tests.docs.blocks import ROOT
from tests.served import free_port
from tests.sizes import size

BUILD, SERVE = read_stages()
IN_IMAGE = "/opt/provisor"


def build(folder: Path, *, install: bool) -> Path:
    """Carry out the steps of the first stage in a folder, and return what would be /opt/provisor.

    :param install: whether to install what is pinned too, and not do with what this machine has
    """
    home = folder / "opt"
    for text in BUILD.all("COPY"):
        *sources, target = text.split()
        for source in sources:
            copy(ROOT / source, folder / target, into=target.endswith("/"))
    for command in BUILD.all("RUN"):
        words = command.replace(IN_IMAGE, str(home))
        if not install:
            if "--require-hashes" in command:
                continue
            words = words.replace("-m venv", "-m venv --without-pip")
            words = words.replace(f"{home}/bin/python -m pip", f"python -m pip --python {home}")
        run(words, folder)
    return home


def copy(source: Path, target: Path, *, into: bool) -> None:
    """Do as COPY does with one source."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    elif into:
        target.mkdir(exist_ok=True)
        shutil.copy(source, target)
    else:
        shutil.copy(source, target)


def run(command: str, folder: Path) -> None:
    """Do as RUN does, with this Python."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def environment_of(stage: Stage, home: Path, instance: Path, port: int) -> dict[str, str]:
    """Return the variables of an image, but for what is of this machine."""
    shipped = dict(each.split("=", 1) for each in stage.all("ENV"))
    return shipped | {
        "PATH": shipped["PATH"].replace(IN_IMAGE, str(home)),
        "PROVISOR_INSTANCE": str(instance),
        "PROVISOR_HOST": "127.0.0.1",
        "PROVISOR_PORT": str(port),
    }


def test_nobody_is_root_in_the_container() -> None:
    words = [word for word, _ in SERVE.instructions]

    assert int(SERVE.all("USER")[-1]) > 0
    assert words.index("USER") > words.index("RUN")
    assert "ADD" not in words


def test_what_serves_holds_nothing_of_what_builds() -> None:
    assert [f"--from={BUILD.name} {IN_IMAGE} {IN_IMAGE}"] == SERVE.all("COPY")
    assert re.fullmatch(r"python:3\.\d+-slim", SERVE.image)
    assert SERVE.image == BUILD.image


def test_the_pins_that_serve_are_pins_that_are_tested() -> None:
    tested = read_pins(ROOT / "requirements.lock")
    serving = read_pins(ROOT / "deploy/requirements.lock")

    assert serving.items() < tested.items()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[\[<>=]", each)[0] for each in declared} <= set(serving)


def read_pins(lock: Path) -> dict[str, str]:
    """Return what a lock says of each package."""
    entries = re.findall(r"^([a-z0-9-]+)(==(?:.*\\\n)+.*)$", lock.read_text(), re.MULTILINE)
    return dict(entries)


def test_every_file_that_is_copied_passes_the_ignore_file() -> None:
    ignored = (ROOT / "deploy/Containerfile.dockerignore").read_text().splitlines()
    copied = {source for text in BUILD.all("COPY") for source in text.split()[:-1]}

    assert copied == {line[1:] for line in ignored if line.startswith("!")}


@pytest.mark.sized
def test_what_is_built_serves(tmp_path: Path, start: Start) -> None:
    """From the wheel, which has to have every template, migration and list in it."""
    install = size(0, 1) == 1
    home = build(tmp_path, install=install)
    environment = environment_of(SERVE, home, tmp_path / "instance", free_port())
    if install:
        run(f"{home}/bin/python -m pip check", tmp_path)
    else:  # a folder on PYTHONPATH brings the packages, and not our editable install
        environment["PYTHONPATH"] = str(Path(pytest.__file__).parent.parent)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    entry, command = (json.loads(SERVE.all(name)[0]) for name in ("ENTRYPOINT", "CMD"))
    program = shutil.which(entry[0], path=environment["PATH"])
    assert program == f"{home}/bin/provisor"

    started = start([program, *command], environment, elsewhere)

    assert "Sign in" in started.read("/console/sign-in")
    assert started.read("/console/static/console.js")
    ((_, *check),) = (json.loads(text.removeprefix("CMD ")) for text in SERVE.all("HEALTHCHECK"))
    checked = [
        each.replace("127.0.0.1:5000", started.url.removeprefix("http://")) for each in check
    ]
    run(shlex.join(["python", *checked]), tmp_path)
    assert 0 == started.terminate()
