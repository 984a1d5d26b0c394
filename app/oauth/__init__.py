"""What OAuth clients and those who verify tokens ask for."""

from app.oauth.endpoints import oauth_blueprint

__all__ = ["oauth_blueprint"]
