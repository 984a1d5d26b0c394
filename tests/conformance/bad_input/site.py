"""A tenant for what no client should send.

Always a SCIM Error, never a change, the same on every engine:
every case names its status, so that both engines are held to one answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.served import Answer, ServedProvisor

PREFIX = "/scim/v2"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
NOBODY = "00000000-0000-4000-8000-000000000000"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and the error that answers it."""

    method: str
    path: str
    body: object = None
    status: int = 400
    scim_type: str | None = None
    """The ``scimType`` of RFC 7644 §3.12; None where any will do."""

    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """A tenant of a served Provisor with one user and one group, and clients of both profiles."""

    def __init__(self, provisor: ServedProvisor) -> None:
        self.provisor = provisor
        self.tenant = provisor.called("tenant", "create", f"Site {next(_numbers)}")
        self.tokens = {profile: self._new_token(profile) for profile in ("strict", "tolerant")}
        self._logged = len(provisor.log())
        self.user = self.group = ""
        self.user = self.made("Users", {"schemas": [USER], "userName": "Ada", "title": "Countess"})
        entries = [{"value": self.user}]
        body = {"schemas": [GROUP], "displayName": "Crew", "members": entries}
        self.group = self.made("Groups", body)
        self.before = self.everything()

    def made(self, endpoint: str, body: dict[str, Any]) -> str:
        """Make a resource and return its id."""
        id_: str = self.ask("strict", "POST", f"/{endpoint}", body).body["id"]
        return id_

    def ask(
        self,
        profile: str,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request below the prefix; ``@user`` and ``@group`` stand for their ids."""
        path = path.replace("@user", self.user).replace("@group", self.group)
        return self.provisor.ask(method, PREFIX + path, self.tokens[profile], body, headers)

    def ask_anew(self, path: str, headers: dict[str, str]) -> Answer:
        """Read something with a token that was never used."""
        path = path.replace("@user", self.user)
        return self.provisor.ask("GET", PREFIX + path, self._new_token("strict"), None, headers)

    def everything(self) -> dict[str, Any]:
        """Return every user and group as they are."""
        listed: dict[str, Any] = self.ask("tolerant", "POST", "/.search", {}).body
        return listed

    def refuses(self, cases: Iterable[Case], *profiles: str) -> None:
        """Send every case for every profile, and hold the answers to what they name."""
        wrong = []
        for case in cases:
            for profile in profiles or self.tokens:
                fault = self._fault(profile, case)
                if fault:
                    path, body = repr(case.path)[:90], repr(case.body)[:90]
                    wrong.append(f"{profile} {case.method} {path} {body}: {fault}")
        assert not wrong, "\n".join(wrong)
        assert self.before == self.everything()
        self.assert_nothing_failed()

    def assert_nothing_failed(self) -> None:
        """Hold the server to have logged no failure since this site was made."""
        log = self.provisor.log()[self._logged :]
        assert "Traceback" not in log, log
        assert "failed" not in log, log

    def _new_token(self, profile: str) -> str:
        called = self.provisor.called
        options = ("--tenant", self.tenant, "--enable-scim", "--profile", profile)
        return called("token", "issue", called("app", "create", profile, *options))

    def _fault(self, profile: str, case: Case) -> str:
        """Return what is wrong with the answer to a case, or nothing."""
        answer = self.ask(profile, case.method, case.path, case.body, case.headers)
        if answer.status != case.status or not is_error(answer):
            return f"{answer.status} {answer.headers.get('content-type')} {answer.text[:300]}"
        scim_type = answer.body.get("scimType")
        if case.scim_type is not None and scim_type != (case.scim_type or None):
            return f"scimType {scim_type}, not {case.scim_type}"
        return ""


def is_error(answer: Answer) -> bool:
    """Whether an answer is a SCIM Error that tells nothing of the server's inside."""
    error = answer.body
    return bool(
        answer.headers["content-type"] == "application/scim+json"
        and [ERROR] == error["schemas"]
        and str(answer.status) == error["status"]
        and isinstance(error["detail"], str)
        and error["detail"]
        and set(error) <= {"schemas", "status", "detail", "scimType"}
        and not any(word in answer.text for word in ("Traceback", 'File \\"', "psycopg", "sqlite"))
    )


def get(path: str, scim_type: str | None, status: int = 400) -> Case:
    return Case("GET", path, None, status, scim_type)


def create(body: object, scim_type: str | None, status: int = 400) -> Case:
    return Case("POST", "/Users", body, status, scim_type)


def patch(path: str, operation: object, scim_type: str | None, status: int = 400) -> Case:
    return Case("PATCH", path, {"schemas": [PATCH], "Operations": [operation]}, status, scim_type)


def user(**attributes: object) -> dict[str, object]:
    return {"schemas": [USER], "userName": "eve", **attributes}
