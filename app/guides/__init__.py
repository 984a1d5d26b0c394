"""Setup guides: how each identity provider is connected, in the words of its own screens."""

from app.guides.guide import GUIDES, Field, Guide, Step

__all__ = ["GUIDES", "Field", "Guide", "Step"]
