"""Values that have not quite the shape their attribute has."""

import json
import math
import re
from typing import Any

from scim2_models import InvalidValueException

from scim.payload import check_text
from scim.schema.shapes import Parts, Shape
from scim.tolerance.quirks import Reader, quirk

_BOOLEANS: dict[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), False),
}

_NUMBERS = {"integer", "decimal"}
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""A number as JSON writes it."""

_SECONDS = re.compile(r"\s*[+-]?[\d_.]+(e[+-]?\d+)?\s*", re.IGNORECASE)
"""A text that pydantic reads as seconds since 1970."""


def read_parts(reader: Reader, given: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Return an object with every attribute in its shape."""
    if not all(map(parts.__contains__, map(str.lower, given))):
        given = display_name_for_display(reader, given, parts)
        given = unknown_attribute(reader, given, parts)
    read = {}
    for name, value in given.items():
        shape = parts.get(name.lower())
        if shape is None or value is None or type(value) is shape.plain:
            read[name] = value
        else:
            read[name] = read_value(reader, value, shape)
    return read


def read_value(reader: Reader, value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Return a value in the shape of its attribute; None where it has none.

    A quirk is asked only where it can stand: every write of a tolerant app comes by here.
    """
    if not shape.multivalued:
        if isinstance(value, list):
            value = list_for_a_single_value(reader, value, shape)
        return read_entry(reader, value, shape)
    if not isinstance(value, list):
        value = empty_value(reader, value, shape)
        value = list_as_json_text(reader, value, shape)
        value = single_value_for_a_list(reader, value, shape)
    value = empty_entries(reader, value)
    if not isinstance(value, list):
        return value
    return [read_entry(reader, each, shape) for each in value]


def read_entry(reader: Reader, value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Return one value of an attribute in its shape, where the attribute may have several."""
    if shape.parts:
        return _read_object(reader, value, shape)
    if shape.type == "string" and not isinstance(value, dict | list):
        return value
    value = empty_value(reader, value, shape)
    value = object_for_a_simple_value(reader, value)
    value = boolean_as_text(reader, value, shape)
    value = number_as_text(reader, value, shape)
    _check_type(value, shape)
    return value


def _read_object(reader: Reader, value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        value = empty_value(reader, value, shape)
        read = text_for_an_entry if shape.multivalued else text_for_a_reference
        value = read(reader, value, shape)
    value = reference_to_nobody(reader, value, shape)
    return read_parts(reader, value, shape.parts) if isinstance(value, dict) else value


@quirk(
    "Q17",
    sent_by="Entra ID, SCIM Validator",
    strict=InvalidValueException,
    because="{0.name} is true or false, not a text or a number.",
)
def boolean_as_text(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read `"True"` and `"False"`, in any case, as booleans."""
    if shape.type != "boolean" or isinstance(value, bool | dict | list | None):
        return value
    return _BOOLEANS.get(str(value).lower(), value)


@quirk(
    "Q44",
    sent_by="clients that write every value as a text",
    strict=InvalidValueException,
    because="{0.name} is a number, not a text.",
)
def number_as_text(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a number in a text, as in `"level": "3"`, as that number."""
    if shape.type not in _NUMBERS or not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    number = float(value)
    if not math.isfinite(number):
        return value
    return int(value) if value.lstrip("-").isdecimal() else number


@quirk("Q12", sent_by="Entra ID, OneLogin", strict=InvalidValueException)
def empty_value(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read `""` and `[]` as no value where the attribute can hold neither."""
    if value == "" and (shape.type != "string" or shape.multivalued):
        return None
    return None if value == [] and not shape.multivalued else value


@quirk("Q12", sent_by="OneLogin", strict=InvalidValueException)
def empty_entries(values: Any) -> Any:  # noqa: ANN401 - any JSON
    """Leave `null` and `""` out of a list."""
    if not isinstance(values, list) or not any(each is None or each == "" for each in values):
        return values
    return [each for each in values if each is not None and each != ""]


@quirk("Q29", sent_by="Entra ID (jobs from before 2018)", strict=InvalidValueException)
def list_for_a_single_value(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a list of one, as in `"active": [false]`, as the single value of an attribute."""
    if shape.multivalued or not isinstance(value, list) or len(value) != 1:
        return value
    return value if isinstance(value[0], list) else value[0]


@quirk("Q29", sent_by="Entra ID (jobs from before 2018)", strict=InvalidValueException)
def object_for_a_simple_value(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Read an object, as in `"nickName": {"value": "Bab"}`, as the simple value it holds."""
    if isinstance(value, dict) and "value" in value and not isinstance(value["value"], dict | list):
        return value["value"]
    return value


@quirk(
    "Q28",
    sent_by="Microsoft's test suite",
    strict=InvalidValueException,
    because="{0.name} takes an array.",
)
def single_value_for_a_list(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read one value of a multi-valued attribute without a list around it as a list of one."""
    if not shape.multivalued or value is None or isinstance(value, list):
        return value
    return [value]


@quirk("Q41", sent_by="Entra ID (role assignments)", strict=InvalidValueException)
def list_as_json_text(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a text that holds the JSON of a list of objects as that list."""
    if not isinstance(value, str) or not shape.parts or not value.lstrip().startswith("["):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read if all(_is_flat(each) for each in read) else value


@quirk(
    "Q28",
    sent_by="Microsoft's test suite",
    strict=InvalidValueException,
    because="A value of {0.name} is an object.",
)
def text_for_an_entry(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a bare text in a list, as in `"members": ["<id>"]`, as the `value` of an entry."""
    return {"value": value} if isinstance(value, str) and "value" in shape.parts else value


@quirk("Q23", sent_by="Entra ID", strict=InvalidValueException)
def text_for_a_reference(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a bare text, as in `"manager": "<id>"`, as the `value` of an object."""
    return {"value": value} if isinstance(value, str) and "value" in shape.parts else value


@quirk("Q23", sent_by="OneLogin", strict="kept as sent")
def reference_to_nobody(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Read a reference with an empty `value`, as in `"manager": {"value": ""}`, as none."""
    if shape.multivalued or not isinstance(value, dict) or "$ref" not in shape.parts:
        return value
    return None if value.get("value") == "" else value


@quirk(
    "Q13",
    sent_by="Entra ID (role assignments)",
    strict="invalidSyntax, in a PATCH invalidValue",
)
def display_name_for_display(given: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Read `displayName` as `display`, where an object has only that."""
    if "display" not in parts or "displayname" in parts:
        return given
    sent = next((name for name in given if name.lower() == "displayname"), None)
    if sent is None:
        return given
    return {"display": given[sent]} | {name: given[name] for name in given if name != sent}


@quirk(
    "Q13",
    sent_by="Entra ID, OneLogin, Microsoft's test suite",
    strict="invalidSyntax, in a PATCH invalidValue",
)
def unknown_attribute(given: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Leave out of an object what no schema knows."""
    if all(name.lower() in parts for name in given):
        return given
    return {name: value for name, value in given.items() if name.lower() in parts}


def _check_type(value: object, shape: Shape) -> None:
    """Refuse what pydantic would turn into a number or a moment, though it is none.

    :raises InvalidValueException: a text or a boolean stands for a number, or a number for a moment
    """
    if shape.read_only:
        return  # it is ignored, whatever it is (RFC 7644 §3.3)
    if shape.type in _NUMBERS and isinstance(value, str | bool):
        raise InvalidValueException(detail=f"{shape.name} is a number.")
    if shape.type == "dateTime" and (
        isinstance(value, int | float) or (isinstance(value, str) and _SECONDS.fullmatch(value))
    ):
        raise InvalidValueException(detail=f"{shape.name} is a moment: 2026-01-31T12:00:00Z.")


def _is_flat(entry: object) -> bool:
    """Whether an entry is an object of simple values, as every entry of a list is.

    :raises InvalidValueException: a text in it is none that can be stored
    """
    if not isinstance(entry, dict):
        return False
    for name, value in entry.items():
        check_text(name)
        if isinstance(value, str):
            check_text(value)
    return not any(isinstance(value, dict | list | float) for value in entry.values())
