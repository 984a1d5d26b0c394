"""Reading a request body: JSON that both engines can hold, or a SCIM error."""

import json
import re
from typing import Any, NoReturn

from scim2_models import InvalidSyntaxException, InvalidValueException

_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')

MAX_DEPTH = 32
"""How deep objects and arrays may stand in each other."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body.

    :raises InvalidSyntaxException: it is no JSON object, or stands too deep in itself
    :raises InvalidValueException: a string in it holds what is no text
    """
    try:
        parsed = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_repetition,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidSyntaxException(detail="The request body is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise InvalidSyntaxException(detail="The request body must be a JSON object.")
    _check(parsed, 1)
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


def check_expression(text: str) -> None:
    """Refuse a filter or a path that is no text, or whose literals spell what is none.

    :raises InvalidValueException: as :func:`check_text`
    """
    check_text(text)
    for literal in _LITERAL.findall(text):
        try:
            check_text(json.loads(literal))
        except ValueError:
            continue  # not JSON after all: the grammar has the better sentence


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: readers would disagree about which one counts."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return read


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        check_text(value)
        return
    if not isinstance(value, dict | list):
        return
    if depth > MAX_DEPTH:
        raise InvalidSyntaxException(
            detail=f"The request body nests more than {MAX_DEPTH} objects and arrays."
        )
    if isinstance(value, dict):
        for name in value:
            check_text(name)
    for inner in value.values() if isinstance(value, dict) else value:
        _check(inner, depth + 1)
