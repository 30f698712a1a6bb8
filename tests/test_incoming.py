from __future__ import annotations

import pytest
from pydantic import ValidationError

from qa.answerer import DEFAULT_K
from web.schemas.incoming import AnswerRequest


def test_k_has_the_pipelines_default() -> None:
    assert AnswerRequest(question="Who?").k == DEFAULT_K


def test_a_request_is_strict() -> None:
    with pytest.raises(ValidationError, match="int_type"):
        AnswerRequest.model_validate({"question": "Who?", "k": True})


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(ValidationError, match="string_unicode"):
        AnswerRequest.model_validate({"question": "\ud800"})
