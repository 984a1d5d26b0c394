"""``provisor log``."""

import json
from pathlib import Path

from tests.served import ServedProvisor


def test_the_log_of_an_app_is_printed_for_people_and_for_programs(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    app_id = provisor.called("app", "create", "Test", "--enable-scim")
    assert "None." in provisor.said("log", app_id)
    token = provisor.called("token", "issue", app_id)
    for _ in range(2):
        provisor.ask("POST", "/scim/v2/Users", token, {"userName": "ada"})
    assert provisor.stop() == 0  # which writes what waits

    conflict, created = json.loads(provisor.called("log", app_id, "--json"))

    assert ("create", "Conflict", 409, "uniqueness") == tuple(
        conflict[name] for name in ("operation", "outcome", "status", "scim_type")
    )
    assert ["userName"] == created["changed"]
    assert "Created" in provisor.called("log", app_id, "--outcome", "Created", "--since", "1h")
    assert 2 == len(provisor.called("log", app_id, "--limit", "1").splitlines())
    assert "2h" in provisor.tried("log", app_id, "--since", "yesterday").stderr
    assert 1 == provisor.tried("log", "nobody").exit_code
