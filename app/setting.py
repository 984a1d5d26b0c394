"""One setting: a field of the settings that a variable of the environment fills."""

from dataclasses import field
from pathlib import Path
from typing import TypeVar

_Value = TypeVar("_Value", str, int, Path)


def setting(
    variable: str,
    default: _Value,
    meaning: str,
    *,
    lowest: int = 1,
    highest: int | None = None,
    secret: bool = False,
) -> _Value:
    """Return a field that a variable fills.

    :param lowest: the lowest value of a number
    :param highest: its highest value, where it has one
    :param secret: whether it is or may hold a secret, and is left out where settings are printed
    """
    about = {"variable": variable, "meaning": meaning, "lowest": lowest, "highest": highest}
    return field(default=default, repr=not secret, metadata=about)
