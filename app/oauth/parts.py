"""What the OAuth endpoints are made of, built once and joined."""

from dataclasses import dataclass

from app.keys import Keyring
from app.oauth.assertions import Assertions
from app.oauth.client_authentication import ClientAuthentication
from app.oauth.client_keys import ClientKeys
from app.oauth.client_secrets import ClientSecrets
from app.oauth.granting import Granting
from app.oauth.introspection import Introspection
from app.oauth.metadata import TOKEN_PATH
from app.oauth.revocation import Revocation
from app.rate_limits import RateLimits
from app.settings import Settings
from app.tokens import Tokens
from app.tokens.recognition import Recognizer
from scim.instant import Clock
from scim.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Every object an endpoint may call, and what apps prove themselves with."""

    client_secrets: ClientSecrets
    client_keys: ClientKeys
    authentication: ClientAuthentication
    granting: Granting
    introspection: Introspection
    revocation: Revocation


def open_oauth(
    settings: Settings,
    database: Database,
    clock: Clock,
    keyring: Keyring,
    tokens: Tokens,
    limits: RateLimits,
) -> OAuth:
    """Return the objects of an instance."""
    client_secrets, client_keys = ClientSecrets(database, clock), ClientKeys(database, clock)
    recognizer = Recognizer(database, keyring)
    audiences = (settings.public_url, settings.public_url + TOKEN_PATH)
    return OAuth(
        client_secrets=client_secrets,
        client_keys=client_keys,
        authentication=ClientAuthentication(
            client_secrets, Assertions(database, clock, client_keys, audiences), limits
        ),
        granting=Granting(tokens, settings.scim_url),
        introspection=Introspection(recognizer, clock),
        revocation=Revocation(recognizer, tokens, client_secrets, limits),
    )
