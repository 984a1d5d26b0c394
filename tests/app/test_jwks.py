"""The published keys are all a stranger needs to verify a token."""

from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.served import ServedProvisor

_JWKS = "/.well-known/jwks.json"


def verified(provisor: ServedProvisor, token: str) -> dict[str, Any]:
    """Return the claims of a token that PyJWT verified with what the server publishes."""
    key = jwt.PyJWKClient(provisor.url + _JWKS).get_signing_key_from_jwt(token)
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["ES256", "RS256"],
        audience=f"{provisor.url}/scim/v2",
        issuer=provisor.url,
    )
    return claims


def new_token(provisor: ServedProvisor) -> str:
    app_id = provisor.called("app", "create", "Test", "--enable-scim")
    return provisor.called("token", "issue", app_id)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_pyjwt_verifies_a_token_with_the_published_keys(tmp_path: Path, algorithm: str) -> None:
    provisor = ServedProvisor(tmp_path / "instance", PROVISOR_SIGNING_ALGORITHM=algorithm).start()
    token = new_token(provisor)

    assert algorithm == jwt.get_unverified_header(token)["alg"]
    assert verified(provisor, token)["sub"].startswith("sa_")
    assert provisor.ask("GET", "/scim/v2/Users", token).status == 200
    assert provisor.stop() == 0


def test_a_revoked_key_is_not_published_though_its_tokens_live(served: ServedProvisor) -> None:
    token = new_token(served)
    announced = served.called("keys", "rotate")
    answer = served.ask("GET", _JWKS)
    kids = {key["kid"] for key in answer.body["keys"]}

    replaced = served.called("keys", "rotate", "--emergency")
    fresh = new_token(served)

    assert announced in kids
    assert "public, max-age=3600" == answer.headers["cache-control"]
    assert [replaced] == [key["kid"] for key in served.ask("GET", _JWKS).body["keys"]]
    assert verified(served, fresh)
    with pytest.raises(jwt.PyJWKClientError):
        verified(served, token)
    for each in (token, fresh):
        assert served.ask("GET", "/scim/v2/Users", each).status == 200
