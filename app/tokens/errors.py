"""What can be wrong with a token.

Errors::

    TokenError
    ├── InvalidDetails     a label, a reason or a list of networks cannot be accepted
    ├── InvalidScope       there is no such scope
    ├── ScimDisabled       an app whose SCIM is off gets no token
    ├── TokenActive        the app has a token that is alive
    ├── RotationRunning    the app has two tokens that are alive, and never three
    ├── TokenLent          the app has a token that is lent for a test
    ├── UnknownToken       the app has no such token, or none to rotate
    ├── InvalidToken       a request's token is not ours, or not alive any more (401)
    ├── InsufficientScope  a request's token is not meant for SCIM (403)
    └── Forbidden          a request's token is good, but not here or not now (403)
"""

from app.holder import Holder


class TokenError(Exception):
    """What is wrong with a token; raised as one of its subclasses."""

    holder: Holder | None = None
    """Whose token it is, where it is one of ours: then the refusal belongs in the log of an app."""


class InvalidDetails(TokenError):  # noqa: N818 - the field says invalid, not invalid error
    """A label, a reason or a list of networks cannot be accepted; the message is a sentence."""


class InvalidScope(TokenError):  # noqa: N818 - the error code of RFC 6749 §5.2
    """There is no such scope; the message names those there are."""


class ScimDisabled(TokenError):  # noqa: N818 - likewise
    """An app whose SCIM is off gets no token."""


class TokenActive(TokenError):  # noqa: N818 - likewise
    """The app has a token that is alive."""


class RotationRunning(TokenError):  # noqa: N818 - likewise
    """The app has two tokens that are alive, and never gets a third."""


class TokenLent(TokenError):  # noqa: N818 - likewise
    """The app has a token that is lent for a test, and never two."""


class UnknownToken(TokenError):  # noqa: N818 - likewise
    """The app has no such token, or none to rotate."""


class InvalidToken(TokenError):  # noqa: N818 - the error code of RFC 6750 §3.1
    """A request's token is not ours, or not alive any more."""


class InsufficientScope(TokenError):  # noqa: N818 - the error code of RFC 6750 §3.1
    """A request's token is not meant for SCIM."""


class Forbidden(TokenError):  # noqa: N818 - the name of the HTTP status it becomes
    """A request's token is good, but its app's SCIM is off, or it comes from elsewhere."""
