"""Operations that cannot be read or carried out."""

from tests.conformance.bad_input.site import NOBODY, PATCH, Case, Site, patch, user


def test_a_patch_that_cannot_be_read_is_refused(site: Site) -> None:
    paths = (
        ("unheardOf[", "invalidPath"),
        ("emails[type eq", "invalidPath"),
        ('emails[type eq "work"', "invalidPath"),
        ("name.", "invalidPath"),
        (".name", "invalidPath"),
        ("a.b.c", "invalidPath"),
        ("title title", "invalidPath"),
        ("[", "invalidPath"),
        ("x" * 10_000 + "[", "invalidPath"),
        ("not (" * 40 + "title pr" + ")" * 40, "invalidPath"),
    )

    site.refuses(
        [
            *(
                patch("/Users/@user", {"op": op, "path": path, "value": "x"}, scim_type)
                for path, scim_type in paths
                for op in ("add", "replace")
            ),
            *(
                patch("/Users/@user", {"op": "remove", "path": path}, scim_type)
                for path, scim_type in paths
            ),
            patch("/Users/@user", {"op": "remove"}, "noTarget"),
            patch("/Users/@user", {"op": "remove", "path": ""}, None),
            patch("/Users/@user", {"op": "remove", "path": "userName"}, None),
            patch("/Groups/@group", {"op": "remove", "path": "displayName"}, None),
            patch(
                "/Users/@user", {"op": "replace", "path": "userName", "value": "x" * 10_000}, None
            ),
            patch("/Users/@user", {"op": "replace", "path": "id", "value": "x"}, "mutability"),
            patch("/Users/@user", {"op": "replace", "path": 1, "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "path": ["title"], "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "path": "title", "value": 1}, None),
            patch("/Users/@user", {"op": "replace", "path": "title", "value": {"a": 1}}, None),
            patch("/Users/@user", {"op": "replace", "path": "active", "value": "perhaps"}, None),
            patch("/Users/@user", {"op": "replace", "path": "emails", "value": [1]}, None),
            patch("/Users/@user", {"op": "replace", "value": "x"}, None),
            patch("/Users/@user", {"op": "replace", "value": 1}, None),
            patch("/Users/@user", {"op": "replace", "value": ["title"]}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": "x"}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": [1]}, None),
            patch("/Groups/@group", {"op": "add", "path": "members", "value": [{}]}, None),
            patch(
                "/Groups/@group",
                {"op": "add", "path": "members", "value": [{"value": NOBODY}]},
                "invalidValue",
            ),
        ]
    )


def test_operations_that_are_none_are_refused(site: Site) -> None:
    """An unknown ``op`` and no operations are both against the schema of PatchOp (§3.5.2)."""
    operations: tuple[object, ...] = (
        None,
        [],
        {},
        "x",
        1,
        [None],
        ["x"],
        [[]],
        [{}],
        [{"path": "title", "value": "x"}],
        [{"op": "unheardOf", "path": "title", "value": "x"}],
        [{"op": "", "path": "title", "value": "x"}],
        [{"op": None, "path": "title", "value": "x"}],
        [{"op": 1, "path": "title", "value": "x"}],
        [{"op": ["add"], "path": "title", "value": "x"}],
    )

    site.refuses(
        [
            *(
                Case("PATCH", path, {"schemas": [PATCH], "Operations": each})
                for each in operations
                for path in ("/Users/@user", "/Groups/@group")
            ),
            Case("PATCH", "/Users/@user", {"schemas": [PATCH]}),
            Case("PATCH", "/Users/@user", {}),
            Case("PATCH", "/Users/@user", user()),
        ]
    )
