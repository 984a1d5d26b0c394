"""scim2-flask as its documentation sets it up: the same models, everything in memory, no tokens."""

import secrets
from pathlib import Path

from flask import Flask, request
from scim2_flask import ScimServer
from scim2_models import Context, EnterpriseUser, Group, ResourceType, ScimProvider, User
from scim2_server.memory import InMemoryStorage

from benchmarks.people import read_lines
from scim import PROVIDER

_MODEL = User[EnterpriseUser]


def application() -> Flask:
    """Return the server, with one route more that fills its memory from within."""
    app = Flask(__name__)
    app.secret_key = secrets.token_hex()
    storage = InMemoryStorage()
    types = [ResourceType.from_resource(model) for model in (_MODEL, Group)]
    provider = ScimProvider(
        models=[User, EnterpriseUser, Group], resource_types=types, config=PROVIDER.config
    )
    ScimServer(storage, provider, app=app)
    context = Context.RESOURCE_CREATION_REQUEST

    @app.post("/fill")
    def fill() -> list[str]:
        """Add the users of a file, and return their ids."""
        users = (
            _MODEL.model_validate(each, scim_ctx=context)
            for each in read_lines(Path(request.args["file"]))
        )
        return [str(storage.create(types[0], each).id) for each in users]

    return app
