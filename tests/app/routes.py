"""The routes of the application, as a document names them."""

import re
from collections.abc import Iterator
from itertools import product

from flask import Flask


def routes(application: Flask) -> Iterator[tuple[str, str]]:
    """Return every method and path outside the console, ``{}`` where a path has a parameter.

    HEAD and OPTIONS are left out: Flask answers them wherever something else is answered.
    """
    for rule in application.url_map.iter_rules():
        if rule.rule == "/" or rule.rule.startswith("/console"):  # the former leads to the latter
            continue
        parts = re.split(r"(<[^>]+>)", rule.rule)
        for path in product(*(spellings(part) for part in parts)):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method.lower(), "".join(path)


def spellings(part: str) -> list[str]:
    """Return what can stand in a URL for a part of a rule."""
    choice = re.fullmatch(r"<(?:any|scim_endpoint)\((.+)\):\w+>", part)
    if choice:
        return [each.strip('"') for each in choice[1].split(", ")]
    return ["{}"] if part.startswith("<") else [part]
