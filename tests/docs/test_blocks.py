"""Every block of code in the documentation is run, or says why not."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import yaml

from app import assemble
from app.metrics import GAUGES
from tests.app.console_browser import Browser, new_admin
from tests.docs.blocks import PAGES, README, ROOT, blocks_of, named, pages_with, run_blocks
from tests.docs.forked import ForkedCommand
from tests.docs.shell import Desk, reader_of
from tests.postgres import PostgresServer
from tests.served import ServedProvisor

TUTORIAL = ROOT / "docs/tutorial/synced-directory.md"

RUN = {"sh", "python", "json", "yaml", "sql"}
"""The languages whose blocks a test below runs."""

FILLED: dict[str, Callable[[ServedProvisor], object]] = {
    "docs/howto/manage-admins.md": lambda provisor: [
        provisor.called("admin", "create", email, *options, "--password-stdin", text=PASSWORD)
        for email, *options in (("ada@example.com", "--owner"), ("grace@example.com",))
    ],
}
"""What is in the instance of a page's reader."""

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedProvisor]:
    """The server of all pages that send requests; each has a tenant of its own."""
    provisor = ServedProvisor(tmp_path_factory.mktemp("docs") / "instance").start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command ``provisor``, without the second that it takes to start."""
    forked = ForkedCommand(tmp_path_factory.mktemp("command"))
    yield forked.path
    forked.stop()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_block_is_run_or_says_why_not(page: Path) -> None:
    blocks = blocks_of(page)

    assert [] == [each for each in blocks if each.language not in RUN and not each.why_not]
    fences = [line for line in page.read_text().splitlines() if line.lstrip().startswith("```")]
    assert len(fences) == 2 * len(blocks)


def test_the_readme_leads_to_a_token_that_works(shared: ServedProvisor, tmp_path: Path) -> None:
    desk = Desk(tmp_path, shared.settings.instance, shared.url)

    printed = desk.follow(README)

    created, found, token = printed.replace("}{", "}\n{").replace("]}ey", "]}\ney").split()[:3]
    assert '"userName":"mira.holt@acme.example"' in created
    assert '"totalResults":1' in found
    assert shared.ask("GET", "/scim/v2/Users", token).status == 200


def test_the_tutorial_leads_to_a_directory_that_the_console_shows(
    shared: ServedProvisor, tmp_path: Path, command: Path
) -> None:
    desk = Desk(tmp_path, shared.settings.instance, shared.url, command=command)

    printed = desk.follow(TUTORIAL)

    assert '"totalResults":0' in printed.splitlines()[0]
    apps = json.loads(shared.called("app", "list", "--json"))
    (app,) = (each["id"] for each in apps if each["name"] == "Tutorial")
    assembly = assemble(shared.settings)
    browser = Browser(assembly).sign_in(new_admin(assembly, "reader", "owner"))
    for listed, names in {"Users": ("ada.brook", "tom.reed"), "Groups": ("Night Watch",)}.items():
        browser.open(f"/console/apps/{app}/directory/{listed}")
        assert all(name in browser.text for name in names)
    assembly.close()


@pytest.mark.parametrize(
    "page", [each for each in pages_with("sh") if each not in {README, TUTORIAL}], ids=named
)
def test_what_a_page_does_in_a_shell_works(
    page: Path, tmp_path: Path, command: Path, request: pytest.FixtureRequest
) -> None:
    script = "".join(run_blocks(page, "sh"))
    database_url = ""
    if "postgresql://" in script:
        database_url = request.getfixturevalue("postgres_server").new_database()
    if "curl" in script or "$app" in script:
        provisor = request.getfixturevalue("shared")
        variables = reader_of(provisor, page)
    else:
        provisor, variables = ServedProvisor(tmp_path / "instance"), {}
        provisor.called("migrate")
        FILLED.get(named(page), lambda _: None)(provisor)
    instance = provisor.settings.instance
    desk = Desk(tmp_path, instance, provisor.url, database_url, command)

    desk.follow(page, **variables)


@pytest.mark.parametrize("page", pages_with("python"), ids=named)
def test_the_programs_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": page.stem}

    for text in run_blocks(page, "python"):
        exec(compile(text, named(page), "exec"), names)  # noqa: S102 - what we wrote ourselves


@pytest.mark.parametrize("page", pages_with("json"), ids=named)
def test_json_is_json(page: Path) -> None:
    """Or JSON Lines, where every line is."""
    for text in run_blocks(page, "json"):
        lines = text.splitlines()
        for part in lines if all(line.startswith("{") for line in lines) else [text]:
            json.loads(part)


@pytest.mark.parametrize("page", pages_with("yaml"), ids=named)
def test_what_prometheus_is_told_names_metrics_that_exist(page: Path) -> None:
    known = {gauge.name for gauge in GAUGES}
    for text in run_blocks(page, "yaml"):
        for group in yaml.safe_load(text).get("groups", []):
            for rule in group["rules"]:
                assert any(name in rule["expr"] for name in known), rule


def test_the_role_that_the_page_of_the_audit_log_makes_serves_and_cannot_change_it(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    (statements,) = run_blocks(ROOT / "docs/explanation/audit.md", "sql")
    url = postgres_server.new_database()
    of_role = url.replace("postgres@", "provisor_serving@")
    served = ServedProvisor(tmp_path / "instance", of_role)
    with psycopg.connect(url, autocommit=True) as owner:
        ServedProvisor(tmp_path / "instance", url).called("migrate")
        owner.execute(statements)
        try:
            served.start()
            added = served.ask("POST", "/scim/v2/Users", served.new_token(), {"userName": "ada"})
            assert served.stop() == 0, served.log()
            with psycopg.connect(of_role) as connection:
                logged = connection.execute("SELECT operation FROM provisioning_log").fetchall()
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute("DELETE FROM audit")
            owner.execute("ALTER ROLE provisor_serving NOBYPASSRLS")
            blind = served.tried("app", "list")
            owner.execute("DELETE FROM schema_migration WHERE name = 'log/0003_tests'")
            refused = served.tried("app", "list")
        finally:
            owner.execute("DROP OWNED BY provisor_serving")
            owner.execute("DROP ROLE provisor_serving")

    assert (201, [("create",)]) == (added.status, logged)
    assert "PostgreSQL does not keep tenants apart" not in served.log()
    assert (1, 1) == (blind.exit_code, refused.exit_code)
    assert "nor has BYPASSRLS" in blind.stderr
    assert "let their owner run provisor migrate" in refused.stderr


def test_the_role_that_the_page_makes_can_serve(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    (statements,) = run_blocks(ROOT / "docs/howto/run-in-production.md", "sql")
    admin = postgres_server.url("postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        for statement in filter(str.strip, statements.split(";")):
            connection.execute(statement)
        url = postgres_server.url("provisor").replace("postgres@", "provisor@")

        ServedProvisor(tmp_path / "instance", url).called("migrate")

        connection.execute("DROP DATABASE provisor")
        connection.execute("REASSIGN OWNED BY provisor TO postgres")
        connection.execute("DROP OWNED BY provisor")
        connection.execute("DROP ROLE provisor")


@pytest.mark.parametrize("page", pages_with("sql"), ids=named)
def test_a_page_with_sql_has_a_test(page: Path) -> None:
    assert named(page) in {"docs/explanation/audit.md", "docs/howto/run-in-production.md"}
