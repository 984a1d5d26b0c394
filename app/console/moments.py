"""Moments and numbers in words: template filters."""

from flask import Blueprint

from app.moments import counted, distance, in_utc, in_utc_exactly
from scim.instant import Clock, to_text


def add_to(blueprint: Blueprint, clock: Clock) -> None:
    """Give templates ``counted``, ``in_utc``, ``in_utc_exactly``, ``from_now`` and ``as_text``."""

    def from_now(text: str) -> str:
        return distance(text, clock())

    blueprint.add_app_template_filter(counted)
    blueprint.add_app_template_filter(in_utc)
    blueprint.add_app_template_filter(in_utc_exactly)
    blueprint.add_app_template_filter(from_now)
    blueprint.add_app_template_filter(to_text, "as_text")
