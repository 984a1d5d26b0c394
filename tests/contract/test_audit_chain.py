"""The chain of seals: whatever is done to a sealed line is found, on either engine."""

import random
from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from threading import Thread

import pytest

from app.audit import Checker, Sealer, Verdict
from scim.storage import Database, Session
from tests.conftest import FakeClock
from tests.contract.audited import MOMENT, with_tables, without_triggers, write_lines
from tests.races import in_threads, together
from tests.sizes import size

LINES = size(600, 10_000)
TRIES = size(12, 250)

COLUMNS = (
    "at", "tenant_id", "app_id", "actor", "address", "request_id", "action", "object_type",
    "object_id", "detail",
)  # fmt: skip


class UndoneError(Exception):
    """What takes a tampering back, so that the next finds the log as it was."""


@pytest.fixture
def log(database: Database) -> Database:
    return with_tables(database)


@pytest.fixture
def sealer(log: Database, clock: FakeClock) -> Sealer:
    return Sealer(log, clock, patience=0.05)


@pytest.fixture
def checker(log: Database, clock: FakeClock) -> Checker:
    return Checker(log, clock)


@pytest.fixture
def sealed(log: Database, sealer: Sealer, engine: str) -> Database:
    """A log under several seals, in which a transaction that failed left a gap."""
    for part in range(5):
        write_lines(log, LINES // 6, start=part * LINES // 6)
        sealer.seal()
    with pytest.raises(UndoneError), log.write() as session:
        insert(session, None)
        raise UndoneError
    write_lines(log, LINES - 5 * (LINES // 6), start=LINES)
    sealer.seal()
    without_triggers(log, engine)
    return log


def insert(session: Session, seq: int | None) -> None:
    numbered = "" if seq is None else "seq, "
    overriding = "OVERRIDING SYSTEM VALUE " if seq is not None and is_postgres(session) else ""
    session.run(
        f"INSERT INTO audit ({numbered}at, actor, action, object_type, object_id, detail)"
        f" {overriding}VALUES ({'' if seq is None else f'{seq}, '}'{MOMENT}', 'cli', 'user.delete',"
        " 'User', 'user-1', '{}')"
    )


def is_postgres(session: Session) -> bool:
    return "Postgres" in type(session).__name__


def seqs(database: Database) -> list[int]:
    with database.read() as session:
        return [row["seq"] for row in session.all("SELECT seq FROM audit ORDER BY seq")]


def change(session: Session, seq: int, column: str) -> None:
    session.run(f"UPDATE audit SET {column} = COALESCE({column}, '') || 'x' WHERE seq = ?", (seq,))  # noqa: S608


def delete(session: Session, seq: int) -> None:
    session.run("DELETE FROM audit WHERE seq = ?", (seq,))


def swap(session: Session, seq: int, other: int) -> None:
    """Exchange what two lines say; their numbers stay where they are."""
    found = [
        session.one(f"SELECT {', '.join(COLUMNS)} FROM audit WHERE seq = ?", (each,))  # noqa: S608
        for each in (seq, other)
    ]
    sets = ", ".join(f"{column} = ?" for column in COLUMNS)
    for target, row in zip((other, seq), found, strict=True):
        assert row is not None
        session.run(f"UPDATE audit SET {sets} WHERE seq = ?", (*row, target))  # noqa: S608


def renumber(session: Session, seq: int, beyond: int) -> None:
    delete(session, seq)
    insert(session, beyond)


def found(database: Database, checker: Checker, tamper: Callable[[Session], None]) -> Verdict:
    """Return what the check says after a tampering, which is then taken back."""
    kept = {}
    with database.read() as session:
        for table in ("audit", "audit_seal"):
            kept[table] = [tuple(row) for row in session.all(f"SELECT * FROM {table}")]  # noqa: S608
    with database.write() as session:
        tamper(session)
    verdict = checker.check()
    restore(database, kept)
    return verdict


def restore(database: Database, kept: dict[str, list[tuple[object, ...]]]) -> None:
    with database.write() as session:
        for table, rows in kept.items():
            there = {tuple(row) for row in session.all(f"SELECT * FROM {table}")}  # noqa: S608
            key = "seq" if table == "audit" else "number"
            for row in there - set(rows):
                session.run(f"DELETE FROM {table} WHERE {key} = ?", (row[0],))  # noqa: S608
            overriding = "OVERRIDING SYSTEM VALUE" if is_postgres(session) else ""
            for row in set(rows) - there:
                marks = ", ".join("?" * len(row))
                session.run(f"INSERT INTO {table} {overriding} VALUES ({marks})", row)  # noqa: S608


def test_a_log_that_nobody_tampered_with_holds(sealed: Database, checker: Checker) -> None:
    write_lines(sealed, 2, start=2 * LINES)

    verdict = checker.check()

    assert ("", LINES, 2) == (verdict.fault, verdict.lines, verdict.unsealed)
    assert verdict.seals >= 6
    assert not checker.check(known=verdict.last).fault


@pytest.mark.sized
def test_whatever_is_done_to_a_line_is_found(
    sealed: Database, checker: Checker, figure: Callable[[str], None]
) -> None:
    there, chance = seqs(sealed), random.Random(17)  # noqa: S311
    gaps = sorted(set(range(-1, there[-1])) - set(there))
    tried = 0
    for attempt in range(TRIES):
        one, other = sorted(chance.sample(there, 2))
        for tamper, about in (
            (partial(change, seq=one, column=COLUMNS[attempt % len(COLUMNS)]), ""),
            (partial(delete, seq=one), f"Line {one} is missing"),
            (partial(swap, seq=one, other=other), ""),
            (partial(insert, seq=chance.choice(gaps)), "was added"),
        ):
            verdict = found(sealed, checker, tamper)
            assert verdict.fault, (tamper, one, other)
            assert about in verdict.fault
            tried += 1
    assert not checker.check().fault
    figure(f"audit log of {LINES} lines: {tried} tamperings, {tried} found")


def test_the_first_and_the_last_line_are_no_exception(sealed: Database, checker: Checker) -> None:
    there = seqs(sealed)
    for seq in (there[0], there[-1]):
        assert found(sealed, checker, partial(delete, seq=seq)).fault
        assert found(sealed, checker, partial(change, seq=seq, column="detail")).fault
        assert found(sealed, checker, partial(renumber, seq=seq, beyond=there[-1] + 99)).fault


@pytest.mark.parametrize(
    ("statement", "about"),
    [
        ("DELETE FROM audit_seal WHERE number = 3", "Seal 3 is missing"),
        ("DELETE FROM audit_seal WHERE number = 1", "Seal 1 is missing"),
        ("UPDATE audit_seal SET sha256 = 'x' WHERE number = 2", "was changed, or seal 2 was"),
        ("UPDATE audit_seal SET sealed_at = 'x' WHERE number = 2", "was changed, or seal 2 was"),
        ("UPDATE audit_seal SET to_seq = to_seq + 1 WHERE number = 2", "seal 2"),
        ("UPDATE audit_seal SET from_seq = from_seq + 1 WHERE number = 2", "Seal 2 does not begin"),
        ("UPDATE audit_seal SET count = count + 1 WHERE number = 2", "Seal 2 was changed"),
        ("UPDATE audit_seal SET runs = 'x' WHERE number = 2", "Seal 2 was changed"),
        ("UPDATE audit_seal SET number = -1 WHERE number = 6", "before the first"),
    ],
)
def test_whatever_is_done_to_a_seal_is_found(
    sealed: Database, checker: Checker, statement: str, about: str
) -> None:
    with sealed.write() as session:
        session.run(statement)

    fault = checker.check().fault

    assert about in fault or (about == "seal 2" and about in fault.lower())


def test_seals_that_were_made_anew_are_not_the_one_that_was_known(
    sealed: Database, sealer: Sealer, checker: Checker
) -> None:
    """Who may do everything can make every seal anew; a seal that was kept elsewhere tells."""
    known = checker.check().last
    with sealed.write() as session:
        change(session, 5, "actor")
        session.run("DELETE FROM audit_seal")
    sealer.seal()

    assert not checker.check().fault
    assert "known" in checker.check(known=known).fault


def test_the_last_check_is_remembered(sealed: Database, checker: Checker, clock: FakeClock) -> None:
    assert checker.find_last() is None
    checker.check()
    clock.advance(hours=1)
    first = checker.find_last()
    with sealed.write() as session:
        delete(session, 4)
    checker.check()
    second = checker.find_last()

    assert first is not None
    assert second is not None
    assert ("", LINES) == (first.fault, first.lines)
    assert "Line 4 is missing" in second.fault
    assert first.checked_at < second.checked_at


def test_a_line_that_comes_late_is_sealed_in_its_place(
    log: Database, sealer: Sealer, checker: Checker, engine: str
) -> None:
    """On PostgreSQL a later number is committed first; nothing is sealed around the earlier."""
    added, may_end = Flag(), Flag()

    def write_late() -> None:
        with log.write() as session:
            insert(session, None)
            added.set()
            may_end.wait(30)

    writer = Thread(target=write_late)
    writer.start()
    added.wait(30)
    if engine == "postgresql":
        write_lines(log, 3)
        sealer.seal()
        assert 0 == checker.check().lines
    may_end.set()
    writer.join()
    sealer.seal()

    verdict = checker.check()

    assert ("", len(seqs(log)), 0) == (verdict.fault, verdict.lines, verdict.unsealed)


def test_servers_that_seal_at_the_same_moment_make_one_chain(
    log: Database, clock: FakeClock, checker: Checker
) -> None:
    sealers = [Sealer(log, clock) for _ in range(4)]
    for part in range(5):
        write_lines(log, 3, start=part * 3)
        together(*[each.seal for each in sealers])

    verdict = checker.check()

    assert ("", 5, 15, 0) == (verdict.fault, verdict.seals, verdict.lines, verdict.unsealed)


def test_it_is_sealed_while_many_write(
    log: Database, sealer: Sealer, checker: Checker, clock: FakeClock
) -> None:
    """Some of them fail, which leaves gaps; every line ends under one seal."""
    writing = [Flag() for _ in range(4)]
    sealers = [Sealer(log, clock), sealer]

    def write(number: int) -> None:
        for part in range(size(15, 200)):
            if part % 5 == 0:
                with pytest.raises(UndoneError), log.write() as session:
                    insert(session, None)
                    raise UndoneError
            write_lines(log, 2, start=number * 1000 + part)
        writing[number].set()

    def seal(sealer: Sealer) -> None:
        while not all(flag.is_set() for flag in writing):
            sealer.seal()

    together(*[partial(write, each) for each in range(4)], *[partial(seal, s) for s in sealers])
    sealer.seal()
    verdict = checker.check()

    assert ("", len(seqs(log)), 0) == (verdict.fault, verdict.lines, verdict.unsealed)
    assert verdict.seals > 1


def test_a_long_log_is_sealed_in_parts(log: Database, sealer: Sealer, checker: Checker) -> None:
    write_lines(log, 5_001)

    sealer.seal()

    verdict = checker.check()
    assert ("", 2, 5_001) == (verdict.fault, verdict.seals, verdict.lines)


def test_nothing_new_is_no_new_seal(log: Database, sealer: Sealer, checker: Checker) -> None:
    sealer.seal()
    write_lines(log, 1)
    in_threads(2, sealer.seal)
    sealer.seal()

    assert 1 == checker.check().seals
