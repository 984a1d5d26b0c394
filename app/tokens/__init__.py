"""The long-lived token: a signed JWT that says who, and a row that says whether it is alive."""

from app.tokens.authentication import Authenticator
from app.tokens.issuing import SCOPE, IssuedToken
from app.tokens.lifecycle import Tokens
from app.tokens.token import Expiry, State, Token, Use, Via

__all__ = [
    "SCOPE",
    "Authenticator",
    "Expiry",
    "IssuedToken",
    "State",
    "Token",
    "Tokens",
    "Use",
    "Via",
]
