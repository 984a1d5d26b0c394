"""What OAuth clients and those who verify tokens ask for."""

from app.oauth.client_keys import ClientKeys
from app.oauth.client_secrets import ClientSecret, ClientSecrets, IssuedSecret
from app.oauth.endpoints import is_oauth, oauth_blueprint
from app.oauth.parts import OAuth, open_oauth

__all__ = [
    "ClientKeys",
    "ClientSecret",
    "ClientSecrets",
    "IssuedSecret",
    "OAuth",
    "is_oauth",
    "oauth_blueprint",
    "open_oauth",
]
