"""The service's settings: flags override ``QA_*`` variables, these the defaults."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.precision import Precision
from qa.reader import DEFAULT_READER


class SettingsError(ValueError):
    """A setting that makes no sense; the message names it, its value and the remedy."""


class Settings(BaseSettings):
    """What can be set; each field is the variable ``QA_`` and its name in capitals.

    Attributes:
        index_dir: Folder of the index.
        reader: Model that finds the spans: ``package:NAME``, a path, or
            ``owner/model`` on the hub.
        precision: ``auto`` takes int8 for the reader, bfloat16 for the rest, each
            where the processor is faster with it; else float32.
        threads: Threads that one inference uses.
        host: Address the server listens on.
        port: Port the server listens on.
        server_threads: Requests the server answers at once.
        feedback: File that keeps what readers say of the answers.
    """

    model_config = SettingsConfigDict(env_prefix="QA_", frozen=True, extra="forbid")

    index_dir: Path = Path("var/index")
    reader: str = DEFAULT_READER
    precision: Precision = "auto"
    threads: int = Field(default=1, ge=1, le=256)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    server_threads: int = Field(default=4, ge=1, le=256)
    feedback: Path = Path("var/feedback.sqlite")

    @classmethod
    def from_env(cls, **overrides: object) -> Settings:
        """Read the settings; an override that is ``None`` was not given.

        Raises:
            SettingsError: If a value is not of its type or out of its range.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"])
            raise SettingsError(
                f"setting {name} (QA_{name.upper()}): {first['msg']}; "
                f"it is {first['input']!r}"
            ) from error
