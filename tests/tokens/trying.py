"""Coming in with a token, and what one is told."""

from app import Assembly
from app.tokens import Use
from app.tokens.errors import InvalidToken

USE = Use("192.0.2.1", "a provider")


def refusal(assembly: Assembly, text: str) -> str:
    """Return why a token is not let in, or nothing where it is."""
    try:
        assembly.authenticator.authenticate(text, USE)
    except InvalidToken as error:
        return str(error)
    return ""
