"""Stored moments in words: template filters."""

from flask import Blueprint

from app.moments import distance, in_utc
from scim.instant import Clock


def add_to(blueprint: Blueprint, clock: Clock) -> None:
    """Give templates the filters ``in_utc`` and ``from_now``."""

    def from_now(text: str) -> str:
        return distance(text, clock())

    blueprint.add_app_template_filter(in_utc)
    blueprint.add_app_template_filter(from_now)
