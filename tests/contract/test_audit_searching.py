"""Pages of the audit log: what was asked for, newest first, from an index however long it is."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.audit import CLI, Actor, AuditLog, Event, Filters, Line, record
from app.audit.searching import MOST_SEEN
from scim.instant import to_text
from scim.storage import Database
from tests.contract.audited import with_tables
from tests.contract.test_plans import Explaining
from tests.sizes import size

LINES = size(30_000, 1_000_000)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 10
"""Between two lines of the long log."""


@pytest.fixture
def log(database: Database) -> AuditLog:
    """Few lines of every kind, an hour apart."""
    with_tables(database)
    app = Actor("service-account:sa_1", "192.0.2.1", "a-request")
    for hour, (actor, event) in enumerate(
        [
            (CLI, Event("app.create", "app", "app_1", "t1")),
            (CLI, Event("app.create", "app", "app_2", "t2")),
            (Actor("admin:ada"), Event("token.issue", "token", "j1", "t1", "app_1")),
            (app, Event("user.create", "User", "u1", "t1", "app_1")),
            (app, Event("user.patch", "User", "u1", "t1", "app_1")),
            (Actor("app:app_1"), Event("token.rotate", "token", "j1", "t1", "app_1")),
            (Actor("admin:ada"), Event("key.create", "signing-key", "k1")),
        ]
    ):
        with database.write() as session:
            record(session, actor, event, to_text(FIRST + timedelta(hours=hour)))
    return AuditLog(database)


def actions(log: AuditLog, **filters: Any) -> list[str]:
    return [line.action for line in log.page(Filters(**filters)).lines]


def test_an_empty_log_is_an_empty_page(database: Database) -> None:
    page = AuditLog(with_tables(database)).page(Filters())

    assert ([], None, None) == (list(page.lines), page.before, page.seen_to)


def test_the_newest_line_is_first(log: AuditLog) -> None:
    assert ["key.create", "token.rotate", "user.patch", "user.create"] == actions(log)[:4]


def test_who_did_something_about_an_app(log: AuditLog) -> None:
    asked = ("cli", "admin:ada", "admin:bob", "app:app_1", "service-account:sa_1")

    assert ["cli", "admin:ada", "app:app_1"] == log.actors_of("app_1", asked)
    assert ["cli"] == log.actors_of("app_2", asked)
    assert [] == log.actors_of("app_3", asked)


def test_a_line_says_what_was_recorded(log: AuditLog) -> None:
    line = log.page(Filters(action="user.create")).lines[0]

    assert line == Line(
        4, to_text(FIRST + timedelta(hours=3)), "t1", "app_1", "service-account:sa_1",
        "192.0.2.1", "a-request", "user.create", "User", "u1", "{}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"app_id": "app_1"}, "token.rotate user.patch user.create token.issue app.create"),
        ({"actor": "admin:ada"}, "key.create token.issue"),
        ({"actor": "cli"}, "app.create app.create"),
        ({"actor": "app:app_1"}, "token.rotate user.patch user.create"),
        ({"actor": "app:app_1", "app_id": "app_2"}, ""),
        ({"actor": "service-account:sa_1"}, ""),
        ({"action": "app.create"}, "app.create app.create"),
        ({"action": "app.create", "app_id": "app_2"}, "app.create"),
        ({"action": "user.create", "actor": "cli"}, ""),
        ({"object_id": "u1"}, "user.patch user.create"),
        ({"object_id": "u1", "tenant_id": "t2"}, ""),
        ({"object_id": "u1", "tenant_id": "t1", "action": "user.patch"}, "user.patch"),
        ({"object_id": "' OR 1 = 1 --"}, ""),
        ({"since": FIRST + timedelta(hours=5)}, "key.create token.rotate"),
        ({"until": FIRST + timedelta(hours=1)}, "app.create"),
        (
            {"since": FIRST + timedelta(hours=3), "until": FIRST + timedelta(hours=5)},
            "user.patch user.create",
        ),
        ({"since": FIRST + timedelta(days=9)}, ""),
        ({"until": FIRST}, ""),
    ],
)
def test_filters_leave_what_meets_all_of_them(
    log: AuditLog, filters: dict[str, Any], expected: str
) -> None:
    assert expected.split() == actions(log, **filters)


def test_pages_follow_each_other_without_a_gap(log: AuditLog) -> None:
    seen: list[int] = []
    before = None
    while True:
        page = log.page(Filters(), before, size=3)
        seen += [line.seq for line in page.lines]
        before = page.before
        if before is None:
            break

    assert [7, 6, 5, 4, 3, 2, 1] == seen
    assert seen == [line.seq for line in log.all(Filters())]
    assert () == tuple(log.page(Filters(), before=1).lines)
    assert 7 == len(log.page(Filters(), before=2**62).lines)


def test_a_line_a_little_out_of_order_is_found_by_its_moment(
    log: AuditLog, database: Database
) -> None:
    """A transaction writes the moment at which it began, and may end after others."""
    late = FIRST + timedelta(hours=6) - timedelta(minutes=9)
    with database.write() as session:
        record(session, CLI, Event("tenant.create", "tenant", "t3"), to_text(late))

    span = {"since": late, "until": late + timedelta(seconds=1)}

    assert ["tenant.create"] == actions(log, **span)


def test_every_action_is_named_once(log: AuditLog) -> None:
    assert [
        "app.create", "key.create", "token.issue", "token.rotate", "user.create", "user.patch",
    ] == log.actions()  # fmt: skip


@pytest.fixture
def long_log(database: Database, engine: str) -> Database:
    """As much as a few apps do in months: one of them nothing but make users."""
    with_tables(database)
    with database.write() as session:
        session.run(
            "INSERT INTO audit (at, tenant_id, app_id, actor, action, object_type, object_id,"  # noqa: S608
            " detail) SELECT '2026-' || m || '-' || d || 'T' || h || ':00:00.000000Z', 't1', app,"
            " 'service-account:sa' || app, action, 'User', 'u' || n, '{\"version\": 1}' FROM"
            " (SELECT n, CASE WHEN n % 2 = 0 THEN 'app_1' ELSE 'app_2' END AS app,"
            " CASE WHEN n % 2 = 0 THEN 'user.create' ELSE 'user.patch' END AS action,"
            f" {two_digits('1 + n * 12 / ?')} AS m, {two_digits('1 + n * 12 % ? * 28 / ?')} AS d,"
            f" {two_digits('n * 12 * 28 % ? * 24 / ?')} AS h FROM"
            " (WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
            " SELECT n FROM n) AS numbers) AS lines",
            (LINES, LINES, LINES, LINES, LINES, LINES - 1),
        )
    for number, action in enumerate(("key.create", "admin.create")):
        with database.write() as session:
            record(session, Actor("admin:ada"), Event(action, "x", f"x{number}"), "2026-12-31")
    if engine == "postgresql":
        with database.write() as session:
            session.run("ANALYZE audit")
    return database


def two_digits(number: str) -> str:
    return f"substr(CAST(100 + ({number}) AS TEXT), 2, 2)"


ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"app_id": "app_1"},
    {"action": "key.create"},
    {"action": "user.create"},
    {"action": "user.create", "app_id": "app_2"},
    {"action": "nothing"},
    {"actor": "admin:ada"},
    {"actor": "admin:grace"},
    {"actor": "app:app_1"},
    {"actor": "app:app_2", "action": "user.create"},
    {"object_id": "u5", "tenant_id": "t1"},
    {"tenant_id": "t2"},
    {"since": datetime(2026, 6, 1, tzinfo=UTC), "until": datetime(2026, 6, 2, tzinfo=UTC)},
    {"since": datetime(2026, 6, 1, tzinfo=UTC), "action": "user.create", "app_id": "app_2"},
    {"until": datetime(2026, 2, 1, tzinfo=UTC), "actor": "admin:ada"},
    {"until": datetime(2026, 2, 1, tzinfo=UTC), "app_id": "app_1"},
)

SCAN = re.compile(r"SCAN audit|Seq Scan on audit")
SORT = re.compile(r"-> *Sort|^Sort|USE TEMP B-TREE", re.MULTILINE)


@pytest.mark.sized
def test_every_page_of_a_long_log_comes_from_an_index_and_in_time(
    long_log: Database, engine: str, figure: Callable[[str], None]
) -> None:
    explain = ("EXPLAIN QUERY PLAN", "detail") if engine == "sqlite" else ("EXPLAIN", "QUERY PLAN")
    explaining: Any = Explaining(long_log, *explain)
    slowest = (0.0, "")
    for filters in ASKED:
        for before in (None, LINES // 2):
            for plan in explaining.planned(
                lambda f=filters, b=before: AuditLog(explaining).page(Filters(**f), b)
            ):
                assert not SCAN.search(plan), (filters, plan)
            took = min(timed(long_log, filters, before) for _ in range(3))
            slowest = max(slowest, (took, str(filters)))
    assert slowest[0] < size(2.0, 0.15), slowest
    figure(f"audit log of {LINES} lines: slowest page {slowest[0] * 1000:.1f} ms, {slowest[1]}")


def timed(database: Database, filters: dict[str, Any], before: int | None) -> float:
    start = time.perf_counter()
    AuditLog(database).page(Filters(**filters), before)
    return time.perf_counter() - start


def test_a_search_that_finds_little_says_how_far_it_looked(long_log: Database) -> None:
    log = AuditLog(long_log)
    rare = Filters(app_id="app_2", action="user.create")

    page = log.page(rare)
    following = log.page(rare, page.before)

    assert [] == list(page.lines)
    if LINES // 2 > MOST_SEEN:
        assert page.seen_to is not None
        assert page.seen_to > "2026-12"
        assert following.seen_to is None or following.seen_to <= page.seen_to
    assert [] == list(log.all(rare))
