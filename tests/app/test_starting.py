"""What a server does when it cannot start: it says in one sentence what to change."""

from pathlib import Path

import pytest

from tests.served import ServedProvisor, free_port


def refusal(instance: Path, **variables: str) -> str:
    """Return the one line that ``provisor serve`` prints when it refuses to start."""
    done = ServedProvisor(instance, **variables).run("serve")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("PROVISOR_PORT", "http", "PROVISOR_PORT must be a whole number"),
        ("PROVISOR_PORT", "70000", "between 1 and 65535"),
        ("PROVISOR_MAX_BODY", "0", "PROVISOR_MAX_BODY must be at least 1"),
        ("PROVISOR_TRUSTED_PROXIES", "11", "between 0 and 10"),
        ("PROVISOR_MAX_FILTER_TERMS", "301", "between 1 and 300"),
        ("PROVISOR_LOG_FORMAT", "xml", "must be text or json"),
        ("PROVISOR_ACCESS_LOG", "yes", "must be on or off"),
        ("PROVISOR_DATABASE_URL", "mysql://127.0.0.1/x", "must start with postgresql://"),
        ("PROVISOR_BASE_URL", "scim.example.com", "PROVISOR_BASE_URL must be http://"),
        ("PROVISOR_BASE_URL", "https://example.com/path", "no path"),
        ("PROVISOR_BASE_URL", "https://example.com:port", "PROVISOR_BASE_URL"),
        ("PROVISOR_KEK_FILE", "/nowhere/kek", "PROVISOR_KEK_FILE"),
        ("PROVISOR_INSTANCE", "/dev/null/instance", "PROVISOR_INSTANCE"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, variable: str, value: str, hint: str) -> None:
    assert hint in refusal(tmp_path / "instance", **{variable: value})


_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is tested


@pytest.mark.parametrize("host", [_EVERYWHERE, "::", "192.0.2.7"])
def test_tokens_are_not_taken_in_clear_text_from_elsewhere(tmp_path: Path, host: str) -> None:
    assert "clear text" in refusal(tmp_path / "instance", PROVISOR_HOST=host)


def test_a_proxy_that_speaks_tls_may_stand_before_any_address(tmp_path: Path) -> None:
    provisor = ServedProvisor(
        tmp_path / "instance",
        PROVISOR_HOST=_EVERYWHERE,
        PROVISOR_BASE_URL="https://scim.example.com",
    )

    assert 0 == provisor.start().stop()


def test_a_database_out_of_reach_is_named(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    assert "PROVISOR_DATABASE_URL" in refusal(tmp_path / "instance", PROVISOR_DATABASE_URL=url)


def test_an_instance_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.write_text("a file")

    assert "PROVISOR_INSTANCE" in refusal(instance)


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "provisor.db").write_text("not a database " * 100)

    assert "PROVISOR_INSTANCE" in refusal(instance)


def test_a_lost_key_encryption_key_is_never_replaced(tmp_path: Path) -> None:
    """A new one would open none of the keys that live tokens were signed with."""
    provisor = ServedProvisor(tmp_path / "instance")
    provisor.printed("migrate")
    kek = tmp_path / "instance" / "keys" / "kek"
    kek.unlink()

    sentence = provisor.run("serve").stderr

    assert "kek" in sentence
    assert not kek.exists()


def test_a_port_in_use_ends_the_server(tmp_path: Path, served: ServedProvisor) -> None:
    second = ServedProvisor(tmp_path / "second", PROVISOR_PORT=str(served.port))

    done = second.run("serve")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(served.port) in done.stderr


def test_a_served_provisor_stops_cleanly_and_starts_again(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start()
    token = provisor.new_token()
    made = provisor.ask("POST", "/scim/v2/Users", token, {"userName": "mira"}).body

    assert provisor.stop() == 0
    provisor.start()

    assert provisor.ask("GET", f"/scim/v2/Users/{made['id']}", token).status == 200
    assert provisor.stop() == 0


def test_a_restart_after_a_kill_needs_no_clean_up(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start(workers=2)
    token = provisor.new_token()
    made = provisor.ask("POST", "/scim/v2/Users", token, {"userName": "mira"}).body

    provisor.kill()
    provisor.start()

    assert provisor.ask("GET", f"/scim/v2/Users/{made['id']}", token).status == 200
    assert provisor.stop() == 0
    with pytest.raises(OSError, match="refused"):
        provisor.ask("GET", "/healthz")


def test_several_workers_share_one_database(tmp_path: Path) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start(workers=2)
    token = provisor.new_token()

    statuses = [
        provisor.ask("POST", "/scim/v2/Users", token, {"userName": f"user{number}"}).status
        for number in range(20)
    ]

    assert [201] * 20 == statuses
    assert provisor.stop() == 0
