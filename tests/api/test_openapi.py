"""The interface describes itself, and nothing a program may send makes it fail."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_rs import Draft202012Validator
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from api.app import handlers
from api.house import House
from api.security import API
from tests.api.conftest import Applications
from tests.small_town import PASSWORD, Town

DOCUMENT = f"{API}/openapi/openapi.json"
EXAMPLES = 4
"""Of each operation; enough to see a number of thirty digits and a text with a zero byte."""
ENDS_THE_SIGN_IN = "/sign-ins/current"


@pytest.fixture
def client(house: House, town: Town, applications: Applications) -> Iterator[TestClient[Litestar]]:
    with applications.serving(house, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def document(client: TestClient[Litestar]) -> dict[str, Any]:
    """The document as anybody gets it."""
    answer = client.get(DOCUMENT)
    assert answer.headers["content-type"].endswith("json")
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_dict(document)

    assert document["openapi"].startswith("3.1.")
    schema.validate()


def test_every_schema_in_the_document_is_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert len(schemas) > 10
    for schema in schemas.values():
        Draft202012Validator(schema | {"components": document["components"]})


def test_the_document_covers_the_interface_and_nothing_else(
    client: TestClient[Litestar], document: dict[str, Any]
) -> None:
    served = {
        (method.lower(), re.sub(r":\w+", "", route.path))
        for route, handler in handlers(client.app)
        for method in handler.http_methods
        if route.path.startswith(API) and "/openapi" not in route.path
    }

    described = {(method, path) for path, operations in document["paths"].items() for method in operations}
    assert described == served


def test_every_operation_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            refusal = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"
            assert refusal == {"$ref": "#/components/schemas/Refused"}, f"{method} {path}"


def test_what_is_refused_is_as_the_document_says(client: TestClient[Litestar], document: dict[str, Any]) -> None:
    refused = Draft202012Validator(document["components"]["schemas"]["Refused"])

    refused.validate(client.get(f"{API}/me").json())
    refused.validate(client.get(f"{API}/nowhere").json())
    refused.validate(client.post(f"{API}/sign-ins", json={"login": "manager"}).json())
    refused.validate(client.post(f"{API}/sign-ins", json={"login": "manager", "password": "?"}).json())


def test_the_document_says_how_programs_sign_in(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["security"] == [{"bearer": []}]


def test_signing_in_asks_for_no_token_and_everything_else_does(document: dict[str, Any]) -> None:
    asks_nothing = [
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation.get("security") == []
    ]

    assert asks_nothing == [("post", f"{API}/sign-ins")]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_a_program_may_send_makes_the_interface_fail(
    client: TestClient[Litestar], document: dict[str, Any], mode: GenerationMode
) -> None:
    token = client.post(f"{API}/sign-ins", json={"login": "manager", "password": PASSWORD}).json()["token"]
    cases = made(json.dumps(document), mode)
    statuses = Counter(sent(client, f"Bearer {token}", case) for case in cases)

    assert len(cases) > len(document["paths"])
    assert statuses[200] + statuses[201] + statuses[202] > 0
    assert statuses[401] == 0


@cache
def made(document: str, mode: GenerationMode) -> list[Any]:
    """Requests the document allows, or ones it does not. Making them takes longest: both databases get the same."""
    cases: list[Any] = []
    for each in schemathesis.openapi.from_dict(json.loads(document)).get_all_operations():
        if isinstance(each, Ok) and not each.ok().path.endswith(ENDS_THE_SIGN_IN):
            cases += some(each.ok(), mode)
    return cases


def some(operation: Any, mode: GenerationMode) -> list[Any]:
    cases: list[Any] = []

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    def make(case: Any) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):
        # Nothing that breaks the document can be made of an operation that takes nothing.
        make()
    return cases


def sent(client: TestClient[Litestar], signed_in: str, case: Any) -> int:
    """The status of what is answered to a request; what the document says of signing in is said rightly."""
    request = case.as_transport_kwargs(base_url=str(client.base_url))
    request.pop("cookies", None)
    asked = {name: value for name, value in request["headers"].items() if name.lower() != "authorization"}
    request["headers"] = asked | {"authorization": signed_in}
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    answer = client.request(**request)
    assert answer.status_code < 500, case.as_curl_command()
    return answer.status_code
