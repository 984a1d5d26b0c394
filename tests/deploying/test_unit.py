"""The systemd unit: systemd reads it without a complaint, and what it starts serves and stops."""

import base64
import re
import shlex
import subprocess
from pathlib import Path

from tests.deploying.conftest import Start
from tests.docs.blocks import ROOT
from tests.scaling.balancers import find_program
from tests.served import COMMAND, free_port

UNIT = ROOT / "deploy/provisor.service"
PROGRAM = "/opt/provisor/.venv/bin/provisor"


def values_of(name: str) -> list[str]:
    """Return what the unit says of a name, in each of its lines."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def settings_shipped() -> dict[str, str]:
    """Return the settings of the file that the unit names."""
    shipped = (ROOT / "deploy/provisor.env").read_text()
    return dict(re.findall(r"^(PROVISOR_[A-Z_]+)=(.*)$", shipped, re.MULTILINE))


def test_systemd_takes_the_unit_and_calls_it_safe(tmp_path: Path) -> None:
    """Where systemd is installed; 0 would be shut off from all, 96 is a unit without bounds."""
    if find_program("systemd-analyze") is None:
        return
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(PROGRAM, str(COMMAND)))

    for words in (("verify",), ("security", "--offline=yes", "--threshold=20")):
        done = subprocess.run(
            ["systemd-analyze", *words, unit], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert str(unit) not in done.stderr


def test_the_unit_gives_up_what_the_program_does_not_need() -> None:
    assert ["provisor"] == values_of("User")
    assert ["yes"] == values_of("NoNewPrivileges")
    assert ["strict"] == values_of("ProtectSystem")
    assert [""] == values_of("CapabilityBoundingSet")
    assert ["mixed"] == values_of("KillMode")
    assert int(values_of("TimeoutStopSec")[0]) > int(settings_shipped()["PROVISOR_SHUTDOWN_DELAY"])


def test_the_folder_it_may_write_to_is_the_instance() -> None:
    (folder,) = values_of("StateDirectory")

    assert f"/var/lib/{folder}" == settings_shipped()["PROVISOR_INSTANCE"]


def test_what_the_unit_starts_serves_until_sigterm(tmp_path: Path, start: Start) -> None:
    """With the settings that are shipped, but for what is of this machine."""
    kek = tmp_path / "kek"
    kek.write_text(base64.b64encode(bytes(range(32))).decode())
    changes = {
        "PROVISOR_INSTANCE": str(tmp_path / "state"),
        "PROVISOR_DATABASE_URL": "",
        "PROVISOR_KEK_FILE": str(kek),
        "PROVISOR_HOST": "127.0.0.1",
        "PROVISOR_PORT": str(free_port()),
        "PROVISOR_SHUTDOWN_DELAY": "0",
    }
    assert set(changes) <= set(settings_shipped())
    (line,) = values_of("ExecStart")
    program, *arguments = shlex.split(line.replace("--workers 4", "--workers 1"))
    assert PROGRAM == program

    started = start([COMMAND, *arguments], settings_shipped() | changes, tmp_path)

    assert '{"status":"ok"}' == started.read("/readyz").strip()
    assert 0 == started.terminate()


def test_the_command_of_the_service_has_its_settings_and_its_user(tmp_path: Path) -> None:
    """Which the unit names; other settings would be another instance, and nothing would say so."""
    command = (ROOT / "deploy/provisor").read_text()
    (user,), (settings,) = values_of("User"), values_of("EnvironmentFile")
    as_user = f"setpriv --reuid {user} --regid {user} --init-groups "
    filled = (ROOT / "deploy/provisor.env").read_text()
    filled = re.sub("(?m)^PROVISOR_(DATABASE|KEK).*", "", filled)
    (tmp_path / "env").write_text(filled.replace("=/var/lib/provisor", f"='{tmp_path}/o & state'"))
    assert all(each in command for each in (settings, as_user, PROGRAM))
    for named, ours in {settings: f"{tmp_path}/env", as_user: "", PROGRAM: str(COMMAND)}.items():
        command = command.replace(named, ours)

    done = subprocess.run(["sh", "-c", command, "provisor", "migrate"], check=False, cwd=tmp_path)

    assert done.returncode == 0
    assert (tmp_path / "o & state/provisor.db").exists()
