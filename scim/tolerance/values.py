"""Values that have not quite the shape their attribute has."""

from typing import Any

from scim.shapes import Shape

_ALIASES = {"displayname": "display"}
"""Names of sub-attributes that Entra ID sends for others, in roles and members."""


def tolerate_value(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    """Return a value in the shape of its attribute; None where it means "unassigned"."""
    if shape.multivalued:
        return _tolerate_list(value, shape)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # older Entra ID jobs wrap a single value: [{"value": "x"}]
    if shape.parts:
        return _tolerate_complex(value, shape)
    if isinstance(value, dict) and "value" in value and not shape.multivalued:
        value = value["value"]  # the same jobs: {"op": "Add", "path": "nickName", "value": …}
    return tolerate_boolean(value) if shape.boolean else value


def tolerate_boolean(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the boolean that Entra ID means by "True" and "False"; None for an empty string."""
    if isinstance(value, str):
        return {"true": True, "false": False, "": None}.get(value.lower(), value)
    return value


def tolerate_parts(value: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """Return an object with every attribute that the schema knows in its shape."""
    tolerated = {}
    for name, part in value.items():
        known = shape.part(name) or shape.part(_ALIASES.get(name.lower(), ""))
        if known is None:
            tolerated[name] = part
        else:
            tolerated.setdefault(known.name, tolerate_value(part, known))
    return tolerated


def _tolerate_list(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    element = Shape(shape.name, boolean=shape.boolean, parts=shape.parts)
    return [tolerate_value(each, element) for each in values if each is not None]


def _tolerate_complex(value: Any, shape: Shape) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        value = {"value": value} if value and shape.part("value") else value or None
    if not isinstance(value, dict):
        return value
    tolerated = tolerate_parts(value, shape)
    # a reference to nobody, as in {"value": ""}, unassigns the manager
    return None if tolerated.get("value") == "" and shape.name == "manager" else tolerated
