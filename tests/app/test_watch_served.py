"""The watch as it is served: workers that look by themselves, ``provisor tick``, and the list."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim.storage import open_database
from tests.hook_sink import HookSink
from tests.mail_sink import MailSink
from tests.races import until
from tests.served import ServedProvisor


@pytest.fixture
def sinks() -> Iterator[tuple[MailSink, HookSink]]:
    mail, hook = MailSink(), HookSink()
    yield mail, hook
    mail.close()
    hook.close()


def age(where: str | Path) -> None:
    """Let a token seem issued in 2020, and never used since."""
    database = open_database(where)
    with database.write() as session:
        session.run("UPDATE token SET created_at = '2020-01-01T00:00:00.000000Z'")
    database.close()


def test_served_workers_warn_by_themselves_once_and_stop_cleanly(
    tmp_path: Path, database_where: str | Path, sinks: tuple[MailSink, HookSink]
) -> None:
    mail, hook = sinks
    provisor = ServedProvisor(
        tmp_path / "instance",
        database_where if isinstance(database_where, str) else "",
        PROVISOR_SMTP_URL=f"smtp://127.0.0.1:{mail.port}",
        PROVISOR_MAIL_FROM="provisor@example.com",
        PROVISOR_MAIL_TO="ada@example.com",
        PROVISOR_WEBHOOK_URL=hook.url,
        PROVISOR_WEBHOOK_SECRET="whsec_" + "c2VjcmV0" * 5,
    )
    app_id = provisor.called("app", "create", "HR sync", "--enable-scim")
    token = provisor.called("token", "issue", app_id)
    age(database_where if isinstance(database_where, str) else tmp_path / "instance/provisor.db")

    provisor.start(workers=3)
    until(lambda: bool(mail.letters and hook.calls))
    provisor.called("tick")
    (row,) = json.loads(provisor.called("token", "list", app_id, "--json"))

    assert provisor.stop() == 0, provisor.log()
    assert 1 == len(mail.letters) == len(hook.calls)
    assert row["warning"].endswith("days ago and never used")
    sent = f"{mail.letters[0].as_string()} {hook.calls} {provisor.log()}"
    assert token not in sent
    assert token.rpartition(".")[2] not in sent
    assert "c2VjcmV0" not in sent


def test_a_tick_says_what_it_did(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance")

    assert "watch, deliver" in provisor.said("tick")
    assert "none is due" in provisor.said("tick")


def test_a_setting_of_the_watch_that_cannot_be_used_keeps_the_server_from_starting(
    tmp_path: Path,
) -> None:
    provisor = ServedProvisor(
        tmp_path / "instance", PROVISOR_SMTP_URL="smtp://ada:hunter2@mail.example.com"
    )

    done = provisor.run("serve")

    assert done.returncode == 1
    assert "PROVISOR_MAIL_FROM" in done.stderr
    assert "hunter2" not in done.stderr
