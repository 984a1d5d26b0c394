"""Views for some roles only: those about the whole instance, beyond every app."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from flask import abort
from flask.typing import ResponseReturnValue as Answer

from app.console.guards import Visit
from app.console.parts import ConsoleParts

READERS = frozenset({"owner", "auditor"})
"""Who reads what was done to the whole instance."""

Rest = ParamSpec("Rest")


def only(
    roles: frozenset[str], view: Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]
) -> Callable[Concatenate[ConsoleParts, Visit, Rest], Answer]:
    """Return a view that refuses everybody whose role is none of these."""

    def checked(
        parts: ConsoleParts, visit: Visit, /, *args: Rest.args, **rest: Rest.kwargs
    ) -> Answer:
        if visit.admin.role not in roles:
            abort(403)
        return view(parts, visit, *args, **rest)

    return checked
