"""Which schema extends which resource type, and which is a type of its own (RFC 7643 §6)."""

from collections.abc import Iterable, Sequence

from scim2_models import URI, Reference, ResourceType, Schema, SchemaExtension

from scim.errors import SchemaError


def bind(
    schemas: Sequence[Schema], declared: Sequence[ResourceType], standard: Sequence[ResourceType]
) -> tuple[ResourceType, ...]:
    """Return the standard resource types with what they gained, and the new ones.

    A schema that no resource type names is bound by its own name.

    :raises SchemaError: a schema fits nowhere, or two descriptions contradict each other
    """
    types = {str(each.name).lower(): each for each in standard}
    for each in declared:
        _join(types, each)
    named = {urn for each in types.values() for urn in _named_by(each)}
    free = [each for each in schemas if str(each.id).lower() not in named]
    for schema in free:
        if not _is_extension(schema):
            _join(types, _type_of(schema))
    for schema in free:
        if _is_extension(schema):
            _join(types, _extended_by(schema, types.values()))
    return tuple(types.values())


def _join(types: dict[str, ResourceType], described: ResourceType) -> None:
    """Add a resource type, or its extensions to the one of the same name."""
    key = str(described.name).lower()
    known = types.setdefault(key, described)
    if known is described:
        return
    if _identity(known) != _identity(described):
        raise SchemaError(f"there is another resource type {described.name} already")
    extensions = {str(each.schema_).lower(): each for each in known.schema_extensions or ()}
    for each in described.schema_extensions or ():
        extensions[str(each.schema_).lower()] = each
    types[key] = known.model_copy(update={"schema_extensions": list(extensions.values())})


def _identity(described: ResourceType) -> tuple[str, str]:
    return str(described.schema_).lower(), str(described.endpoint).strip("/").lower()


def _named_by(described: ResourceType) -> Iterable[str]:
    yield str(described.schema_).lower()
    for each in described.schema_extensions or ():
        yield str(each.schema_).lower()


def _is_extension(schema: Schema) -> bool:
    return ":extension:" in str(schema.id).lower()


def _type_of(schema: Schema) -> ResourceType:
    name = str(schema.id).rpartition(":")[2]
    return ResourceType(
        id=name,
        name=name,
        description=schema.description or name,
        endpoint=Reference[URI](f"/{name}s"),
        schema=Reference[URI](str(schema.id)),
        schema_extensions=[],
    )


def _extended_by(schema: Schema, types: Iterable[ResourceType]) -> ResourceType:
    urn = str(schema.id)
    for each in types:
        if str(each.name).lower() == urn.rpartition(":")[2].lower():
            extension = SchemaExtension(schema=Reference[URI](urn), required=False)
            return each.model_copy(update={"schema_extensions": [extension]})
    raise SchemaError(
        f"{urn} ends in no resource type it could extend; bind it with a ResourceType"
    )
