"""Renewals that are written down: one an hour at most, however many processes use a token."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app import Settings, assemble
from app.audit import CLI
from scim.instant import from_text
from scim.storage import Session
from tests.app.console_browser import new_app
from tests.races import in_processes
from tests.sizes import size
from tests.tokens.shared_time import SharedClock, using

_PROCESSES = 4
_SPAN = timedelta(days=8)
_HOUR = timedelta(hours=1)

_TRIGGERS = {
    "sqlite": """
        CREATE TRIGGER written AFTER UPDATE ON token
        BEGIN INSERT INTO written (used) VALUES (NEW.last_used_at); END
    """,
    "postgresql": """
        CREATE FUNCTION write_down() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO written (used) VALUES (NEW.last_used_at); RETURN NULL; END';
        CREATE TRIGGER written AFTER UPDATE ON token
        FOR EACH ROW EXECUTE FUNCTION write_down()
    """,
}
"""What makes the database itself note each change of a token's row."""


def watch(session: Session, engine: str) -> None:
    session.run("CREATE TABLE written (used TEXT)")
    session.run(_TRIGGERS[engine])


@pytest.mark.sized
def test_four_processes_write_a_renewal_at_most_once_an_hour(
    settings: Settings, engine: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    uses = size(400, 4_000)  # of each process
    step = _SPAN / (uses * _PROCESSES)
    time = SharedClock(tmp_path / "time", _PROCESSES, step)
    assembly = assemble(settings, time)
    app = new_app(assembly)
    token = assembly.tokens.issue(app.id, CLI).text
    with assembly.database.write() as session:
        watch(session, engine)

    let_in = in_processes(
        _PROCESSES, using, settings, token, tmp_path / "time", _PROCESSES, step, uses
    )

    assert [uses] * _PROCESSES == let_in
    with assembly.database.read() as session:
        written = [from_text(row["used"]) for row in session.all("SELECT used FROM written")]
    gaps = [later - earlier for earlier, later in pairwise(sorted(written))]
    assert min(gaps) >= _HOUR
    assert 100 < len(written) <= _SPAN / _HOUR
    (row,) = assembly.tokens.list(app.id)
    assert len(written) == row.renew_count
    assert max(written) == from_text(str(row.last_used_at))
    assembly.close()
    figure(
        f"renewals: {uses * _PROCESSES} uses by {_PROCESSES} processes in {_SPAN.days} days,"
        f" {len(written)} writes, at least {min(gaps)} apart"
    )
