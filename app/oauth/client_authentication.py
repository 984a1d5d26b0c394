"""Which app asks: every request to an OAuth endpoint proves it anew (RFC 6749 §3.2.1).

Whether an app does not exist or its credentials are wrong, the answer is the same, and so is the
work: a wrong secret finds no row either way, and a wrong assertion is checked against some key.
"""

from app.client_apps import ClientApp
from app.oauth.assertions import Assertions, NotProven
from app.oauth.client_secrets import ClientSecrets
from app.oauth.credentials import BySecret, Credentials
from app.oauth.errors import InvalidClient
from app.oauth.secret_text import is_secret
from app.rate_limits import RateLimits


class ClientAuthentication:
    """Turns credentials into the app they belong to."""

    def __init__(
        self, client_secrets: ClientSecrets, assertions: Assertions, limits: RateLimits
    ) -> None:
        self._client_secrets = client_secrets
        self._assertions = assertions
        self._limits = limits

    def authenticate(self, credentials: Credentials, address: str | None) -> ClientApp:
        """Return the app that credentials belong to.

        :param address: the network address they were sent from
        :raises InvalidClient: the app is unknown, or they are wrong
        :raises TooManyRequests: they have been wrong too often from this address
        """
        self._limits.check_address(address or "")
        try:
            return self._app_of(credentials, address)
        except InvalidClient:
            self._limits.spend_on_failure(address or "")
            raise

    def _app_of(self, credentials: Credentials, address: str | None) -> ClientApp:
        if isinstance(credentials, BySecret):
            return self._by_secret(credentials, address)
        try:
            app = self._assertions.app_of(credentials.assertion)
        except NotProven as error:
            raise InvalidClient from error
        if credentials.client_id not in {None, app.id}:
            raise InvalidClient
        return app

    def _by_secret(self, given: BySecret, address: str | None) -> ClientApp:
        if not is_secret(given.secret):  # what no secret looks like is not asked the database about
            raise InvalidClient
        app = self._client_secrets.find_app(given.client_id, given.secret, address)
        if app is None:
            raise InvalidClient
        return app
