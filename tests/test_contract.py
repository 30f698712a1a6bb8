"""The API as it says of itself: its description, and replies that keep to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis.config import SchemathesisConfig

from tests.fakes_page import PageAnswerer
from tests.fakes_web import BRIDGE, WHO, FakeAnswerer
from web import create_app
from web.feedback.store import FeedbackStore
from web.settings import Settings

KEY = "0123456789abcdef"


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    return create_app(
        FakeAnswerer([BRIDGE], {WHO: "Maria Keller"}), store
    ).test_client()


def described(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").get_json()
    return document


def test_the_description_is_openapi(client: FlaskClient) -> None:
    document = described(client)
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_endpoint_is_described_in_words(client: FlaskClient) -> None:
    for path, methods in described(client)["paths"].items():
        for told in methods.values():
            assert told["summary"].endswith("."), path
            assert "500" in told["responses"]


def test_keys_are_described_where_there_are_any() -> None:
    keyed = Settings.defaults().model_copy(update={"api_keys": f"ask:{KEY}"})
    app = create_app(FakeAnswerer([BRIDGE]), settings=keyed)
    document = described(app.test_client())
    validate(document)
    assert document["paths"]["/api/answer"]["post"]["security"]
    assert "security" not in document["paths"]["/livez"]["get"]


def test_the_page_about_the_api_names_all_of_it_and_needs_nothing_else(
    client: FlaskClient,
) -> None:
    page = client.get("/docs").text
    document = described(client)
    for path in document["paths"]:
        assert path in page
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page
    assert "<script" not in page
    assert "http://" not in page and "https://" not in page
    style = client.get("/docs/static/docs.css", buffered=True)
    assert style.content_type.startswith("text/css")


def test_a_reply_of_each_kind_keeps_to_the_description(tmp_path: Path) -> None:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    client = create_app(PageAnswerer(), store).test_client()
    document = described(client)
    place = {"document_id": "evil", "start": 0, "end": 6, "quote": "</div>"}
    for path, method, body in (
        ("/api/answer", "post", {"question": "What is this about?"}),
        ("/api/answer", "post", {"question": "Nothing?"}),
        ("/api/answer", "post", {"question": "Hello"}),
        ("/api/answer", "post", {"question": ""}),
        ("/api/verify", "post", {"citations": [place]}),
        ("/api/documents", "get", None),
        ("/api/suggestions", "get", None),
        ("/livez", "get", None),
        ("/readyz", "get", None),
    ):
        response = client.open(path, method=method, json=body)
        told = document["paths"][path][method]["responses"][str(response.status_code)]
        schema = told["content"][response.mimetype]["schema"]
        Draft202012Validator(schema | {"components": document["components"]}).validate(
            json.loads(response.data)
        )


# All checks. What keeps to its schema may still name no document, or end before it
# starts, which is unprocessable.
_CHECKS = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "304", "404", "409", "422"]
            }
        }
    }
)


def test_generated_requests_get_what_is_described(tmp_path: Path) -> None:
    store = FeedbackStore.open(tmp_path / "feedback.sqlite")
    free = Settings.defaults().model_copy(update={"feedback_rate_limit": ""})
    app = create_app(FakeAnswerer([BRIDGE], {WHO: "Maria Keller"}), store, free)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=_CHECKS)
    operations = list(schema.get_all_operations())
    assert len(operations) >= 12
    for found in operations:
        operation = found.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        @given(case=operation.as_strategy())
        def conforms(case: schemathesis.Case) -> None:  # type: ignore[type-arg]
            case.call_and_validate(headers={"Accept-Encoding": "identity"})

        conforms()
