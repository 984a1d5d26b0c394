"""The ``provisor`` command, as operators and their scripts use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.served import ServedProvisor

_PASSWORD = "correct horse battery staple"


class Command:
    """The command on a fresh instance, run in this process because that is faster."""

    def __init__(self, instance: Path) -> None:
        self._environment = {"PROVISOR_INSTANCE": str(instance), "PROVISOR_DATABASE_URL": ""}

    def run(self, *arguments: str, text: str | None = None, **variables: str) -> Result:
        environment = self._environment | variables
        return CliRunner(env=environment).invoke(main, arguments, input=text)

    def printed(self, *arguments: str, text: str | None = None) -> str:
        """Run a command, which must succeed, and return what it prints."""
        done = self.run(*arguments, text=text)
        assert done.exit_code == 0, done.stderr
        return done.stdout.strip()

    def refused(self, *arguments: str, text: str | None = None) -> str:
        """Run a command that must be refused, and return its one sentence."""
        done = self.run(*arguments, text=text)
        assert (1, "") == (done.exit_code, done.stdout)
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") == 1
        return done.stderr


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    command = Command(tmp_path / "instance")
    command.printed("migrate")
    return command


def test_a_command_that_makes_an_instance_says_so(tmp_path: Path) -> None:
    """Who forgot the settings of their server would wonder where everything has gone."""
    command = Command(tmp_path / "instance")

    told = [command.run("app", "list").stderr for _ in range(2)]

    path = tmp_path / "instance" / "provisor.db"
    note = f"{path} was not there; PROVISOR_INSTANCE names another instance.\n"
    assert [f"{note}None.\n", "None.\n"] == told


def test_issuing_prints_the_token_alone_on_standard_output(provisor: Command) -> None:
    app_id = provisor.printed("app", "create", "Okta", "--enable-scim")

    done = provisor.run("token", "issue", app_id)

    (token,) = done.stdout.splitlines()
    assert len(token.split(".")) == 3
    assert token not in done.stderr
    assert "90 days" in done.stderr


def test_a_token_that_use_does_not_renew_is_not_said_to_be_renewed(provisor: Command) -> None:
    app_id = provisor.printed("app", "create", "Okta", "--enable-scim")

    done = provisor.run("token", "issue", app_id, PROVISOR_TOKEN_MAX_DAYS="30")

    assert "however it is used" in done.stderr
    assert "90 days" not in done.stderr


def test_a_token_is_refused_while_scim_is_off_or_one_is_active(provisor: Command) -> None:
    app_id = provisor.printed("app", "create", "Okta")

    assert "Enable SCIM" in provisor.refused("token", "issue", app_id)
    provisor.printed("app", "enable-scim", app_id)
    provisor.printed("token", "issue", app_id)
    assert "active token" in provisor.refused("token", "issue", app_id)
    provisor.printed("token", "revoke", app_id)
    provisor.printed("token", "issue", app_id, "--label", "second")


def test_an_id_that_is_empty_revokes_nothing(provisor: Command) -> None:
    """A script whose variable is not set must not end every token."""
    app_id = provisor.printed("app", "create", "Okta", "--enable-scim")
    provisor.printed("token", "issue", app_id)
    provisor.printed("secret", "issue", app_id)

    assert "no token" in provisor.refused("token", "revoke", app_id, "--jti", "")
    assert "no client secret" in provisor.refused("secret", "revoke", app_id, "--id", "")

    (token,) = json.loads(provisor.printed("token", "list", app_id, "--json"))
    assert "active" == token["state"]
    assert 1 == len(json.loads(provisor.printed("secret", "list", app_id, "--json")))


def test_a_rotation_prints_the_successor_and_both_are_listed(provisor: Command) -> None:
    app_id = provisor.printed("app", "create", "HR sync", "--enable-scim")
    assert "no active token" in provisor.refused("token", "rotate", app_id)
    asked = ("--scope", "scim:users", "--allow-ip", "192.0.2.0/24")
    old = provisor.printed("token", "issue", app_id, *asked)

    new = provisor.printed("token", "rotate", app_id, "--label", "next")

    assert 3 == len(new.split(".")) == len(old.split("."))
    assert "being rotated" in provisor.refused("token", "rotate", app_id)
    tokens = json.loads(provisor.printed("token", "list", app_id, "--json"))
    assert ["active", "active"] == [each["state"] for each in tokens]
    assert [("next", None), ("", str)] == [
        (each["label"], each["ends_at"] and str) for each in tokens
    ]
    assert [("scim:users", "192.0.2.0/24")] * 2 == [
        (each["scope"], each["networks"]) for each in tokens
    ]


def test_lists_are_tables_for_people_and_json_for_programs(provisor: Command) -> None:
    tenant_id = provisor.printed("tenant", "create", "ACME")
    app_id = provisor.printed("app", "create", "Okta", "--tenant", tenant_id, "--enable-scim")
    provisor.printed("token", "issue", app_id, "--label", "first")

    (app,) = json.loads(provisor.printed("app", "list", "--json"))
    (token,) = json.loads(provisor.printed("token", "list", app_id, "--json"))
    tenants = json.loads(provisor.printed("tenant", "list", "--json"))

    assert (app_id, "Okta", tenant_id, True) == (
        app["id"],
        app["name"],
        app["tenant_id"],
        app["scim_enabled"],
    )
    assert ("first", "active") == (token["label"], token["state"])
    assert {"default", "ACME"} == {each["name"] for each in tenants}
    assert app_id in provisor.printed("app", "list")
    assert "first" in provisor.printed("token", "list", app_id)


def test_an_empty_list_is_an_empty_array(provisor: Command) -> None:
    assert [] == json.loads(provisor.printed("app", "list", "--json"))
    assert "" == provisor.printed("app", "list")


def test_a_deleted_app_is_gone_with_its_tokens(provisor: Command) -> None:
    app_id = provisor.printed("app", "create", "Okta", "--enable-scim")
    provisor.printed("token", "issue", app_id)

    provisor.printed("app", "delete", app_id)

    assert [] == json.loads(provisor.printed("app", "list", "--json"))
    assert app_id in provisor.refused("token", "list", app_id)


@pytest.mark.parametrize(
    "arguments",
    [
        ("app", "enable-scim", "app_unknown"),
        ("app", "disable-scim", "app_unknown"),
        ("app", "delete", "app_unknown"),
        ("app", "create", "Okta", "--tenant", "unknown"),
        ("app", "create", " "),
        ("app", "create", "x" * 101),
        ("tenant", "create", "default"),
        ("tenant", "create", ""),
        ("token", "issue", "app_unknown"),
        ("token", "revoke", "app_unknown"),
        ("token", "rotate", "app_unknown"),
        ("token", "list", "app_unknown"),
        ("token", "list", "app_\udcff"),  # a byte that is no UTF-8
        ("secret", "issue", "app_\udcff"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    provisor: Command, arguments: tuple[str, ...]
) -> None:
    provisor.refused(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("app", "create"),
        ("app", "create", "Okta", "--profile", "lenient"),
        ("serve", "--workers", "0"),
        ("serve", "--port", "http"),
        ("token", "issue"),
    ],
)
def test_a_command_used_wrongly_ends_with_2(provisor: Command, arguments: tuple[str, ...]) -> None:
    done = provisor.run(*arguments)

    assert (2, "") == (done.exit_code, done.stdout)


def test_an_admin_is_made_with_a_password_from_standard_input(provisor: Command) -> None:
    command = ("admin", "create", "ada@example.com", "--owner", "--password-stdin")

    assert provisor.printed(*command, text=f"{_PASSWORD}\n").startswith("adm_")
    assert "exists" in provisor.refused(*command, text=_PASSWORD)


def test_a_short_password_is_refused(provisor: Command) -> None:
    command = ("admin", "create", "ada@example.com", "--password-stdin")

    assert "15" in provisor.refused(*command, text="short\n")


def test_migrating_twice_is_migrating_once(provisor: Command) -> None:
    provisor.printed("migrate")
    provisor.printed("migrate")

    assert 1 == len(json.loads(provisor.printed("tenant", "list", "--json")))


def test_a_strict_app_takes_the_rfc_at_its_letter(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    tolerant = provisor.new_token()
    strict = provisor.new_token("--profile", "strict")
    user = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "mira",
        "unknown": 1,
    }

    assert 400 == provisor.ask("POST", "/scim/v2/Users", strict, user).status
    assert 201 == provisor.ask("POST", "/scim/v2/Users", tolerant, user).status
    assert 0 == provisor.stop()


def test_admins_are_listed_disabled_and_reset(provisor: Command) -> None:
    for email, owner in (("ada@example.com", ["--owner"]), ("grace@example.com", [])):
        provisor.printed("admin", "create", email, *owner, "--password-stdin", text=_PASSWORD)

    provisor.printed("admin", "disable", "GRACE@example.com")
    listed = json.loads(provisor.printed("admin", "list", "--json"))
    link = provisor.printed("admin", "reset", "ada@example.com")

    assert [(each["email"], each["role"], bool(each["disabled_at"])) for each in listed] == [
        ("ada@example.com", "owner", False),
        ("grace@example.com", "admin", True),
    ]
    assert link.startswith("http://127.0.0.1:5000/console/welcome/")
    assert "last owner" in provisor.refused("admin", "disable", "ada@example.com")
    for command in ("disable", "reset"):
        assert "no admin" in provisor.refused("admin", command, "eve@example.com")
