"""From the body or the query of a request to a typed one."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from web.errors import InvalidRequestError

Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model]) -> Model:
    """Return the JSON body of the request under way.

    Raises:
        UnsupportedMediaType: If it is not said to be JSON.
        BadRequest: If it is no JSON.
        InvalidRequestError: If it breaks the schema.
    """
    if not request.is_json:
        raise UnsupportedMediaType(
            f"send application/json, not {request.mimetype or 'an unnamed type'}"
        )
    try:
        # From the bytes: what is no JSON, or holds half a surrogate pair, ends here.
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_input=False)
        if first["type"] == "json_invalid":
            raise BadRequest(first["msg"]) from error
        raise InvalidRequestError(error) from error


def read_query(model: type[Model]) -> Model:
    """Return the query of the request under way; of a repeated name the first counts.

    Raises:
        InvalidRequestError: If it breaks the schema.
    """
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidRequestError(error) from error
