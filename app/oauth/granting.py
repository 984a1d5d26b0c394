"""What an app that proved itself is given: its token (RFC 6749 §4.4), and a successor of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.audit import Actor
from app.client_apps import ClientApp, UnknownApp
from app.oauth.errors import (
    InvalidClient,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from app.oauth.form import required
from app.oauth.metadata import GRANT_TYPE
from app.tokens import IssuedToken, NewToken, Tokens, errors
from scim.choices import TokenStyle
from scim.instant import from_text


class Granting:
    """Issues tokens to apps.

    :param resource: the SCIM base URL, which is all that tokens are for
    """

    def __init__(self, tokens: Tokens, resource: str) -> None:
        self._tokens = tokens
        self._resource = resource

    @property
    def scopes(self) -> Sequence[str]:
        """Every scope that may be asked for."""
        return self._tokens.scopes.all

    def grant(self, app: ClientApp, form: Mapping[str, str], address: str | None) -> dict[str, Any]:
        """Return the answer to a token request (RFC 6749 §5.1), in the style of the app.

        :raises OAuthError: the app gets no token
        """
        if required(form, "grant_type") != GRANT_TYPE:
            raise UnsupportedGrantType(f"The grant_type is {GRANT_TYPE}.")
        self._check_resource(form)
        new, actor = NewToken(scope=form.get("scope")), Actor(f"app:{app.id}", address)
        with _answering():
            if app.choices.token_style is TokenStyle.SHORT_LIVED:
                return _answer(self._tokens.issue_short_lived(app.id, actor, new))
            return _answer(self._tokens.issue(app.id, actor, new, via="oauth"))

    def rotate(
        self, app: ClientApp, form: Mapping[str, str], address: str | None
    ) -> dict[str, Any]:
        """Return a successor of the app's long-lived token, answered like a token request.

        :raises OAuthError: the app gets none
        """
        self._check_resource(form)
        new, actor = NewToken(scope=form.get("scope")), Actor(f"app:{app.id}", address)
        with _answering():
            return _answer(self._tokens.rotate(app.id, actor, new, via="oauth"))

    def _check_resource(self, form: Mapping[str, str]) -> None:
        if form.get("resource", self._resource) != self._resource:
            raise InvalidTarget(f"The resource is {self._resource}.")


def _answer(issued: IssuedToken) -> dict[str, Any]:
    """Return a fresh token; ``expires_in`` says how long it lives if it is not used."""
    token = issued.token
    lifetime = from_text(token.expires_at) - from_text(token.created_at)
    return {
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_in": int(lifetime.total_seconds()),
        "scope": token.scope,
    }


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what keeps a token from being issued into the error RFC 6749 §5.2 has for it."""
    try:
        yield
    except UnknownApp as error:  # it was deleted since it proved itself
        raise InvalidClient from error
    except errors.InvalidScope as error:
        raise InvalidScope(str(error)) from error
    except errors.ScimDisabled as error:
        raise UnauthorizedClient("SCIM is off for this app.") from error
    except errors.TokenActive as error:
        raise InvalidRequest(
            "The app has an active token. Go on using it, or rotate it; if it is lost, revoke it"
            " and ask again."
        ) from error
    except errors.UnknownToken as error:
        raise InvalidRequest("The app has no active token to rotate. Ask for one.") from error
    except errors.RotationRunning as error:
        raise InvalidRequest(
            "The app is being rotated: it has two active tokens. Use the new one, or revoke one."
        ) from error
