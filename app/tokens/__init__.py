"""The long-lived token: a signed JWT that says who, and a row that says whether it is alive."""

from app.tokens.authentication import Authenticator
from app.tokens.issuing import IssuedToken, Issuer, NewToken
from app.tokens.lifecycle import Tokens
from app.tokens.policy import Policy
from app.tokens.scopes import SCOPE, Scopes
from app.tokens.token import Expiry, State, Token, Use, Via

__all__ = [
    "SCOPE",
    "Authenticator",
    "Expiry",
    "IssuedToken",
    "Issuer",
    "NewToken",
    "Policy",
    "Scopes",
    "State",
    "Token",
    "Tokens",
    "Use",
    "Via",
]
