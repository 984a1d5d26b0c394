"""The token endpoint beside RFC 6749 §2.3, §3.2, §4.4, §5: each rule, on both engines."""

from collections.abc import Callable
from itertools import product
from typing import Any

from app.audit import CLI
from app.oauth.secret_text import new_secret
from tests.conformance.oauth_client import FORM, GRANT, OAuthClient, basic
from tests.conftest import FakeClock

ENDPOINTS = ("token", "revoke", "introspect", "leak", "rotate")

Request = Callable[[OAuthClient], tuple[Any, dict[str, str]]]

REFUSED: dict[str, tuple[Request, int, str]] = {
    "no grant_type (4.4.2)": (lambda c: ({}, c.basic), 400, "invalid_request"),
    "an empty grant_type (3.2)": (lambda c: ({"grant_type": ""}, c.basic), 400, "invalid_request"),
    "another grant (5.2)": (
        lambda c: ({"grant_type": "password"}, c.basic),
        400,
        "unsupported_grant_type",
    ),
    "grant_type twice (3.2)": (
        lambda c: (b"grant_type=client_credentials&grant_type=client_credentials", c.basic),
        400,
        "invalid_request",
    ),
    "client_id twice (3.2)": (
        lambda c: (
            f"grant_type=client_credentials&client_id={c.id}&client_id=x&client_secret=x".encode(),
            {},
        ),
        400,
        "invalid_request",
    ),
    "Basic and a secret in the body (2.3)": (
        lambda c: (GRANT | c.post_credentials, c.basic),
        400,
        "invalid_request",
    ),
    "a secret and an assertion (2.3)": (
        lambda c: (GRANT | c.post_credentials | {"client_assertion": "x"}, {}),
        400,
        "invalid_request",
    ),
    "Basic and another client_id in the body": (
        lambda c: (GRANT | {"client_id": "app_other"}, c.basic),
        400,
        "invalid_request",
    ),
    "no credentials (5.2)": (lambda _: (GRANT, {}), 401, "invalid_client"),
    "a client_id alone": (lambda c: (GRANT | {"client_id": c.id}, {}), 401, "invalid_client"),
    "an unknown client": (
        lambda c: (GRANT, basic("app_0000000000000000", c.secret)),
        401,
        "invalid_client",
    ),
    "a wrong secret": (lambda c: (GRANT, basic(c.id, _other(c.secret))), 401, "invalid_client"),
    "an unknown client, by post": (
        lambda c: (GRANT | c.post_credentials | {"client_id": "app_0"}, {}),
        401,
        "invalid_client",
    ),
    "a wrong secret, by post": (
        lambda c: (GRANT | c.post_credentials | {"client_secret": _other(c.secret)}, {}),
        401,
        "invalid_client",
    ),
    "a client_id with a NUL": (
        lambda c: (GRANT | c.post_credentials | {"client_id": "app\0"}, {}),
        401,
        "invalid_client",
    ),
    "Basic that is no base64": (
        lambda _: (GRANT, {"Authorization": "Basic ~~~"}),
        401,
        "invalid_client",
    ),
    "Basic that is no UTF-8": (
        lambda _: (GRANT, {"Authorization": "Basic /////w=="}),
        401,
        "invalid_client",
    ),
    "Basic that is no ASCII": (
        lambda _: (GRANT, {"Authorization": "Basic \xe9"}),
        401,
        "invalid_client",
    ),
    "Basic without anything": (
        lambda _: (GRANT, {"Authorization": "Basic"}),
        401,
        "invalid_client",
    ),
    "a bearer token": (lambda _: (GRANT, {"Authorization": "Bearer x"}), 401, "invalid_client"),
    "another resource (RFC 8707 2)": (
        lambda c: (GRANT | {"resource": "https://other.example/scim/v2"}, c.basic),
        400,
        "invalid_target",
    ),
    "an unknown kind of assertion": (
        lambda _: (GRANT | {"client_assertion_type": "saml", "client_assertion": "x"}, {}),
        400,
        "invalid_request",
    ),
    "a kind of assertion without one": (
        lambda _: (
            GRANT
            | {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
            {},
        ),
        400,
        "invalid_request",
    ),
    "bytes that are no form": (lambda c: (b"grant_type=%ff\xff", c.basic), 400, "invalid_request"),
    "an escape that is no UTF-8": (lambda c: (b"grant_type=%ff", c.basic), 400, "invalid_request"),
    "more parameters than there are": (
        lambda c: ("&".join(f"p{n}=1" for n in range(60)).encode(), c.basic),
        400,
        "invalid_request",
    ),
    "a body that is too large": (
        lambda c: (b"a=" + b"x" * 20_000, c.basic),
        413,
        "invalid_request",
    ),
    "no body": (lambda c: (b"", c.basic), 400, "invalid_request"),
}


def _other(secret: str) -> str:
    """Return a secret that is as well formed as this one, and nobody's."""
    other = new_secret()
    assert other != secret
    return other


def test_what_strays_is_refused_as_the_rfc_says(oauth: OAuthClient) -> None:
    for case, (request, status, code) in REFUSED.items():
        form, headers = request(oauth)

        answer = oauth.send("/oauth2/token", form, headers)

        assert (status, code) == (answer.status_code, answer.get_json()["error"]), case
        check_error(answer)
    assert [] == oauth.assembly.tokens.list(oauth.id)


def check_error(answer: Any) -> None:
    """Hold an error to the form of RFC 6749 §5.2."""
    assert {"error", "error_description"} == answer.get_json().keys()
    assert answer.get_json()["error_description"].isascii()
    assert not set('"\\') & set(answer.get_json()["error_description"])
    assert "application/json" == answer.content_type
    assert "no-store" == answer.headers["Cache-Control"]
    challenge = 'Basic realm="oauth2"' if answer.status_code == 401 else None
    assert challenge == answer.headers.get("WWW-Authenticate")


def test_an_unknown_client_and_a_wrong_secret_are_answered_alike(oauth: OAuthClient) -> None:
    unknown = oauth.send("/oauth2/token", GRANT, basic("app_0000000000000000", oauth.secret))
    wrong = oauth.send("/oauth2/token", GRANT, basic(oauth.id, _other(oauth.secret)))

    assert unknown.text == wrong.text
    assert _told(unknown) == _told(wrong)


def _told(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}


def test_credentials_are_taken_from_header_or_body(oauth: OAuthClient) -> None:
    basic_way = oauth.send("/oauth2/token", GRANT, oauth.basic)
    oauth.assembly.tokens.revoke_all(oauth.id, CLI)
    named = oauth.send("/oauth2/token", GRANT | {"client_id": oauth.id}, oauth.basic)
    oauth.assembly.tokens.revoke_all(oauth.id, CLI)
    post_way = oauth.send("/oauth2/token", GRANT | oauth.post_credentials)

    assert [200] * 3 == [each.status_code for each in (basic_way, named, post_way)]


def test_a_token_is_answered_as_the_rfc_says(oauth: OAuthClient) -> None:
    """RFC 6749 §5.1; ``expires_in`` is how long it lives if it is not used."""
    answer = oauth.get_token(resource=oauth.assembly.settings.scim_url, foo="an unknown parameter")

    assert 200 == answer.status_code
    assert "application/json" == answer.content_type
    assert "no-store" == answer.headers["Cache-Control"]
    body = answer.get_json()
    token = body.pop("access_token")
    assert {"token_type": "Bearer", "expires_in": 90 * 24 * 3600, "scope": "scim"} == body
    assert 200 == oauth.use(token)
    (row,) = oauth.assembly.tokens.list(oauth.id)
    assert (f"app:{oauth.id}", "oauth") == (row.created_by, row.issued_via)


def test_one_long_lived_token_is_active_at_a_time(oauth: OAuthClient) -> None:
    token = oauth.token()

    second = oauth.get_token()
    oauth.assembly.tokens.revoke_all(oauth.id, CLI)
    third = oauth.token()

    assert (400, "invalid_request") == (second.status_code, second.get_json()["error"])
    assert "active token" in second.get_json()["error_description"]
    assert (401, 200) == (oauth.use(token), oauth.use(third))


def test_while_scim_is_off_there_is_no_token(oauth: OAuthClient) -> None:
    oauth.assembly.client_apps.disable_scim(oauth.id, CLI)

    answer = oauth.get_token()

    assert (400, "unauthorized_client") == (answer.status_code, answer.get_json()["error"])
    assert "SCIM is off" in answer.get_json()["error_description"]


def test_only_post_is_taken(oauth: OAuthClient) -> None:
    for endpoint, method in product(ENDPOINTS, ("GET", "PUT", "PATCH", "DELETE")):
        answer = oauth.http.open(f"/oauth2/{endpoint}", method=method, headers=oauth.basic)

        assert (405, "invalid_request") == (answer.status_code, answer.get_json()["error"])
        assert "POST" in answer.headers["Allow"]
        check_error(answer)


def test_a_path_that_is_not_there_is_answered_in_json(oauth: OAuthClient) -> None:
    answer = oauth.http.get("/oauth2/authorize")

    assert (404, "invalid_request") == (answer.status_code, answer.get_json()["error"])


def test_only_a_form_is_taken(oauth: OAuthClient) -> None:
    for media_type in ("application/json", "text/plain", "multipart/form-data"):
        answer = oauth.http.post(
            "/oauth2/token", json=GRANT, headers=oauth.basic | {"Content-Type": media_type}
        )

        assert (400, "invalid_request") == (answer.status_code, answer.get_json()["error"])
        assert FORM in answer.get_json()["error_description"]


def test_parameters_in_the_url_are_refused(oauth: OAuthClient) -> None:
    """RFC 6749 §2.3.1: logs keep URLs."""
    answer = oauth.send("/oauth2/token?grant_type=client_credentials", GRANT, oauth.basic)

    assert (400, "invalid_request") == (answer.status_code, answer.get_json()["error"])


def test_a_scope_may_stand_in_the_url_and_then_nowhere_else(oauth: OAuthClient) -> None:
    """Okta's administrators write it there."""
    path = "/oauth2/token?scope=scim:users%20scim:groups"

    twice = oauth.send(path, GRANT | {"scope": "scim"}, oauth.basic)
    once = oauth.send(path, GRANT, oauth.basic)

    assert (400, "invalid_request") == (twice.status_code, twice.get_json()["error"])
    assert "scim:users scim:groups" == once.get_json()["scope"]


def test_a_revoked_secret_is_worth_nothing(oauth: OAuthClient) -> None:
    oauth.assembly.oauth.client_secrets.revoke_all(oauth.id, CLI)

    assert 401 == oauth.get_token().status_code


def test_the_last_use_of_a_secret_is_kept_to_the_hour(oauth: OAuthClient, clock: FakeClock) -> None:
    seen = []
    for minutes in (0, 59, 2):
        clock.advance(minutes=minutes)
        oauth.get_token()
        (secret,) = oauth.assembly.oauth.client_secrets.list(oauth.id)
        seen.append(secret.last_used_at)

    assert seen[0] == seen[1] != seen[2]
    assert "127.0.0.1" == secret.last_used_ip
