"""How the interface describes itself: the framework writes the document, this says how we refuse."""

from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from api.security import API

REFUSED = {
    "type": "object",
    "description": "What was refused, and why.",
    "required": ["code", "message", "field"],
    "properties": {
        "code": {"type": "string", "description": "The name of the refusal, for programs: it stays the same."},
        "message": {"type": "string", "description": "A sentence for people, in the language of the account."},
        "field": {"type": ["string", "null"], "description": "The field at fault, where there is one."},
        "details": {"description": "Of a request that could not be read: what was expected where."},
    },
}
ANSWER = {
    "description": "Refused.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refused"}}},
}
OPEN = f"{API}/sign-ins"
"""The one place that asks for no token, since it gives one."""


class OwnRefusals(JsonRenderPlugin):
    """The document, with our refusals in place of the framework's."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, described(openapi_schema))


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Every answer that is not a success is a refusal, whatever its status."""
    components = document["components"]
    schemas = components["schemas"] | {"Refused": REFUSED}
    paths = {
        path: {method: _operation(path, operation) for method, operation in operations.items()}
        for path, operations in document["paths"].items()
    }
    return document | {"components": components | {"schemas": schemas}, "paths": paths}


def _operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    successes = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    ours: dict[str, Any] = {"responses": successes | {"default": ANSWER}}
    return operation | ours | ({"security": []} if path == OPEN else {})
