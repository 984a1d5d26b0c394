"""scim2-tester, the field's compliance checks, through scim2-cli against a served Provisor."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.served import ServedProvisor

_SCIM = Path(sys.executable).parent / "scim"


def test_every_check_of_scim2_tester_succeeds(served: ServedProvisor) -> None:
    environment = os.environ | {"SCIM_CLI_HEADERS": f"Authorization: Bearer {served.new_token()}"}

    done = subprocess.run(
        [_SCIM, "--url", f"{served.url}/scim/v2", "test"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    verdicts = re.findall(r"^([A-Z]+) \w+$", done.stdout, re.MULTILINE)
    assert done.returncode == 0, done.stdout
    assert ["SUCCESS"] * 135 == verdicts
