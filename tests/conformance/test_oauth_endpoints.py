"""Introspection, revocation, rotation, the report of a leak, and the metadata, on both engines."""

import json

import pytest

from app.audit import CLI
from app.oauth.secret_text import new_secret
from tests.conformance.oauth_client import OAuthClient
from tests.conftest import FakeClock
from tests.races import in_threads

DAY = 24 * 3600


def choose_short_lived(oauth: OAuthClient) -> None:
    style = type(oauth.app.choices.token_style).SHORT_LIVED
    oauth.assembly.app_settings.set(oauth.id, {"token_style": style}, CLI)


@pytest.fixture
def other(oauth: OAuthClient) -> OAuthClient:
    """Another app of the same server."""
    return OAuthClient(oauth.assembly, "Entra")


def test_a_short_lived_app_gets_a_token_of_an_hour_each_time(
    oauth: OAuthClient, clock: FakeClock
) -> None:
    choose_short_lived(oauth)

    answers = [oauth.get_token().get_json() for _ in range(3)]

    assert [3600] * 3 == [answer["expires_in"] for answer in answers]
    assert [200] * 3 == [oauth.use(answer["access_token"]) for answer in answers]
    clock.advance(hours=1)
    assert 401 == oauth.use(answers[2]["access_token"])


def test_of_eight_who_ask_for_a_long_lived_token_at_once_one_wins(oauth: OAuthClient) -> None:
    statuses = in_threads(8, lambda: oauth.get_token().status_code)

    assert [200] + [400] * 7 == sorted(statuses)
    assert 1 == len(oauth.assembly.tokens.list(oauth.id))


def test_a_token_has_the_scope_that_was_asked_for(oauth: OAuthClient) -> None:
    answer = oauth.get_token(scope="scim:groups:read scim:users").get_json()

    assert {"scim:groups:read", "scim:users"} == set(answer["scope"].split())
    created = oauth.http.post(
        "/scim/v2/Groups",
        json={"displayName": "Guides"},
        headers={"Authorization": f"Bearer {answer['access_token']}"},
    )
    assert 403 == created.status_code


@pytest.mark.parametrize("scope", ["all", "scim scim:everything", "scim:devices", "SCIM", " "])
def test_a_scope_that_does_not_exist_is_refused(oauth: OAuthClient, scope: str) -> None:
    for path in ("/oauth2/token", "/oauth2/rotate"):
        answer = oauth.ask(path, grant_type="client_credentials", scope=scope)

        assert (400, "invalid_scope") == (answer.status_code, answer.get_json()["error"])


def test_a_token_is_rotated_by_its_app(oauth: OAuthClient, clock: FakeClock) -> None:
    old = oauth.token(scope="scim:read")

    answer = oauth.ask("/oauth2/rotate")
    new = answer.get_json()["access_token"]

    assert "scim:read" == answer.get_json()["scope"]
    assert 90 * DAY == answer.get_json()["expires_in"]
    assert [200, 200] == [oauth.use(old), oauth.use(new)]
    clock.advance(hours=25)
    assert [401, 200] == [oauth.use(old), oauth.use(new)]


def test_there_are_never_three_tokens_alive(oauth: OAuthClient) -> None:
    nothing = oauth.ask("/oauth2/rotate")
    oauth.token()
    statuses = in_threads(8, lambda: oauth.ask("/oauth2/rotate").status_code)

    assert (400, "invalid_request") == (nothing.status_code, nothing.get_json()["error"])
    assert [200] + [400] * 7 == sorted(statuses)


def test_an_app_is_told_of_its_own_token(oauth: OAuthClient, clock: FakeClock) -> None:
    token = oauth.token(scope="scim:read")
    issued = int(clock().timestamp())
    clock.advance(days=3)

    answer = oauth.ask("/oauth2/introspect", token=token, token_type_hint="access_token")

    said = answer.get_json()
    (row,) = oauth.assembly.tokens.list(oauth.id)
    assert {
        "active": True,
        "token_type": "Bearer",
        "scope": "scim:read",
        "client_id": oauth.id,
        "iss": oauth.assembly.settings.public_url,
        "aud": oauth.assembly.settings.scim_url,
        "sub": row.service_account_id,
        "jti": row.jti,
        "iat": issued,
        "exp": issued + 90 * DAY,
    } == said
    assert row == oauth.assembly.tokens.list(oauth.id)[0], "asking is no use"


def test_exp_is_when_the_token_really_ends(oauth: OAuthClient, clock: FakeClock) -> None:
    def exp(token: str) -> float:
        end: float = oauth.ask("/oauth2/introspect", token=token).get_json()["exp"]
        return end - clock().timestamp()

    old = oauth.token()
    clock.advance(days=30)
    oauth.use(old)
    assert 90 * DAY + 3600 == exp(old), "use moves it away"
    new = oauth.ask("/oauth2/rotate").get_json()["access_token"]
    assert 7 * DAY == exp(old), "a successor brings it near"
    oauth.use(new)
    assert DAY == exp(old)


def test_nothing_else_is_told(oauth: OAuthClient, other: OAuthClient) -> None:
    """RFC 7662 §2.2: of a dead token no more than of an unknown one."""
    theirs, dead, mine = other.token(), oauth.token(), ""
    oauth.assembly.tokens.revoke_all(oauth.id, CLI)
    mine = oauth.token()

    for token in (theirs, dead, mine[:-1], "x", "a.b.c", "\0", oauth.secret):
        answer = oauth.ask("/oauth2/introspect", token=token)
        assert (200, {"active": False}) == (answer.status_code, answer.get_json())
    oauth.assembly.client_apps.disable_scim(oauth.id, CLI)
    assert {"active": False} == oauth.ask("/oauth2/introspect", token=mine).get_json()


def test_an_app_revokes_its_own_token_and_no_other(oauth: OAuthClient, other: OAuthClient) -> None:
    mine, theirs = oauth.token(), other.token()

    answers = [
        oauth.ask("/oauth2/revoke", token=token, token_type_hint="refresh_token")
        for token in (theirs, "unknown", mine + "=", mine, mine)
    ]

    assert [(200, b"")] * 5 == [(each.status_code, each.data) for each in answers]
    assert [401, 200] == [oauth.use(mine), other.use(theirs)]
    (row,) = oauth.assembly.tokens.list(oauth.id)
    assert f"app:{oauth.id}" == row.revoked_by


def test_only_the_app_itself_asks_and_revokes(oauth: OAuthClient) -> None:
    token = oauth.token()

    for path in ("/oauth2/revoke", "/oauth2/introspect", "/oauth2/rotate"):
        assert 401 == oauth.send(path, {"token": token}).status_code
    assert 200 == oauth.use(token)


def test_without_a_token_there_is_nothing_to_do(oauth: OAuthClient) -> None:
    for path in ("/oauth2/revoke", "/oauth2/introspect", "/oauth2/leak"):
        answer = oauth.ask(path)
        assert (400, "invalid_request") == (answer.status_code, answer.get_json()["error"])


def test_whoever_finds_a_token_or_a_secret_can_end_it(
    oauth: OAuthClient, other: OAuthClient
) -> None:
    token, theirs = oauth.token(), other.token()
    (secret,) = oauth.assembly.oauth.client_secrets.list(oauth.id)

    answers = [
        oauth.send("/oauth2/leak", {"token": text})
        for text in (token, token, oauth.secret, oauth.secret, new_secret(), "x", token[:-1])
    ]

    assert {(204, b"")} == {(each.status_code, each.data) for each in answers}
    assert [401, 200] == [oauth.use(token), other.use(theirs)]
    assert [] == oauth.assembly.oauth.client_secrets.list(oauth.id)
    with oauth.assembly.database.read() as session:
        rows = session.all("SELECT * FROM audit WHERE actor = 'leak-report' ORDER BY seq")
    (row,) = oauth.assembly.tokens.list(oauth.id)
    assert [("token.revoke", row.jti), ("client-secret.revoke", secret.id)] == [
        (line["action"], line["object_id"]) for line in rows
    ]
    assert {"127.0.0.1"} == {line["address"] for line in rows}


def test_the_metadata_names_what_is_there(oauth: OAuthClient) -> None:
    """RFC 8414 §2, RFC 9728 §2."""
    server = oauth.http.get("/.well-known/oauth-authorization-server").get_json()
    resource = oauth.http.get("/.well-known/oauth-protected-resource/scim/v2").get_json()
    url = oauth.assembly.settings.public_url

    endpoints = {name: path for name, path in server.items() if name.endswith("_endpoint")}
    for name, path in endpoints.items():
        assert path.startswith(url), name
        assert 405 == oauth.http.get(path.removeprefix(url)).status_code
    assert 200 == oauth.http.get(server["jwks_uri"].removeprefix(url)).status_code
    assert (url, [f"{url}/scim/v2"]) == (server["issuer"], server["protected_resources"])
    assert ["client_credentials"] == server["grant_types_supported"]
    assert "scim:users:read" in server["scopes_supported"]
    assert (f"{url}/scim/v2", [url]) == (resource["resource"], resource["authorization_servers"])
    assert ["header"] == resource["bearer_methods_supported"]
    shorter = oauth.http.get("/.well-known/oauth-protected-resource")
    assert resource == shorter.get_json()


def test_nothing_issued_here_is_kept_or_logged(
    oauth: OAuthClient, caplog: pytest.LogCaptureFixture
) -> None:
    """T9: what is secret is in the answer that issues it, and nowhere else."""
    caplog.set_level("DEBUG")
    issued = [oauth.secret, oauth.token()]
    issued.append(oauth.ask("/oauth2/rotate").get_json()["access_token"])
    choose_short_lived(oauth)
    issued.append(oauth.token())
    for text in issued:
        oauth.ask("/oauth2/introspect", token=text)
    oauth.ask("/oauth2/revoke", token=issued[1])
    oauth.send("/oauth2/leak", {"token": issued[3]})
    oauth.send("/oauth2/leak", {"token": oauth.secret})

    written = [*everything_kept(oauth), caplog.text]
    for text in issued:
        for part in (text, text.rpartition(".")[2], text.removeprefix("prvs_")):
            assert part not in "".join(written)
    assert oauth.id in "".join(written), "it looks where something is"


def everything_kept(oauth: OAuthClient) -> list[str]:
    """Return every row of every table, as text."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if "sqlite" in type(oauth.assembly.database).__module__
        else "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_schema = 'public'"
    )
    with oauth.assembly.database.read() as session:
        return [
            json.dumps([str(value) for value in row])
            for table in session.all(names)
            for row in session.all(f'SELECT * FROM "{table["name"]}"')  # noqa: S608 - a name of ours
        ]
