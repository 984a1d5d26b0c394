"""Reading a request body: JSON that both engines can hold, or a SCIM error."""

import json
import math
from typing import Any, NoReturn

from scim2_models import InvalidSyntaxException, InvalidValueException


def read_object(body: bytes, max_depth: int) -> dict[str, Any]:
    """Return the JSON object of a body.

    :param max_depth: how deep objects and arrays may stand in each other

    :raises InvalidSyntaxException: it is no JSON object, or stands too deep in itself
    :raises InvalidValueException: a string in it holds what is no text
    """
    try:
        parsed = _DECODER.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidSyntaxException(detail="The request body is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise InvalidSyntaxException(detail="The request body must be a JSON object.")
    # what is no text can only be spelt by an escape, and what has few brackets is not deep
    if b"\\u" in body or body.count(b"{") + body.count(b"[") > max_depth:
        _check(parsed, max_depth)
    return parsed


def check_text(text: str) -> None:
    """Refuse what is no text: PostgreSQL holds no NUL, UTF-8 no lone surrogate.

    :raises InvalidValueException: the text holds one of them
    """
    if "\0" in text:
        raise InvalidValueException(detail="A string must not contain the character NUL.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueException(
            detail="A string must not contain half of a surrogate pair."
        ) from error


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: readers would disagree about which one counts."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return read


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    """Refuse what is too large for a float: it would be read as infinity, and shown as null."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_DECODER = json.JSONDecoder(
    parse_constant=_refuse_constant,
    parse_float=_finite,
    object_pairs_hook=_without_repetition,
)


def _check(value: object, depth_left: int) -> None:
    if isinstance(value, str):
        check_text(value)
        return
    if not isinstance(value, dict | list):
        return
    if depth_left == 0:
        raise InvalidSyntaxException(
            detail="The request body nests more objects and arrays than this server reads."
        )
    if isinstance(value, dict):
        for name in value:
            check_text(name)
    for inner in value.values() if isinstance(value, dict) else value:
        _check(inner, depth_left - 1)
