"""The service's settings: flags override ``QA_*`` variables, these the defaults."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from limits import parse
from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.models.precision import Precision
from qa.reading.catalogue import DEFAULT_READER
from web.guard.keys import ApiKey, read_keys
from web.sight.logs import LogFormat

Names = Annotated[tuple[str, ...], NoDecode]


class SettingsError(ValueError):
    """A setting that makes no sense; the message names it, its value and the remedy."""


class Settings(BaseSettings):
    """What can be set; each field is the variable ``QA_`` and its name in capitals.

    Attributes:
        index: The index: its folder, or its address.
        reader: Model that finds the spans: ``package:NAME``, a path, or
            ``owner/model`` on the hub.
        precision: ``auto`` takes int8 for the reader, bfloat16 for the rest, each
            where the processor is faster with it; else float32.
        threads: Threads that one inference uses.
        host: Address the server listens on.
        port: Port the server listens on.
        server_threads: Answers that are made at once.
        queue: Questions that wait for a turn; what comes beyond is turned away.
        deadline: Seconds in which a question is answered, its waiting included.
        cache: Answers that are kept for the same question; 0 keeps none.
        feedback: File that keeps what readers say of the answers.
        feedback_max_mb: Its greatest size; at that the oldest verdicts go.
        allowed_hosts: Names that the service is asked under; ``*`` for any. Without
            one: this machine's names, and any address.
        allowed_origins: Sites whose pages may ask, such as ``https://news.example``.
        frame_ancestors: Sites that may show the page in a frame.
        trusted_proxy: Address of the proxy whose ``X-Forwarded-*`` headers count.
        api_keys: ``SCOPE:KEY``, several parted by commas; without one all is open.
        rate_limit: Questions from one client, such as ``60/minute``; none by default.
        feedback_rate_limit: Verdicts from one client.
        log_format: ``text`` or ``json``.
        log_level: The least that is logged; ``debug`` logs questions too.
        editable: Whether the page may add and remove articles.
        added_dir: Folder of the articles that the page added.
    """

    model_config = SettingsConfigDict(
        env_prefix="QA_", frozen=True, extra="forbid", populate_by_name=True
    )

    index: str = Field(
        default="var/index",
        min_length=1,
        # The older name is still read.
        validation_alias=AliasChoices("QA_INDEX", "QA_INDEX_DIR"),
    )
    reader: str = DEFAULT_READER
    precision: Precision = "auto"
    threads: int = Field(default=1, ge=1, le=256)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    server_threads: int = Field(default=4, ge=1, le=256)
    queue: int = Field(default=32, ge=0, le=1000)
    deadline: float = Field(default=30.0, gt=0, le=3600)
    cache: int = Field(default=256, ge=0, le=100_000)
    feedback: Path = Path("var/feedback.sqlite")
    feedback_max_mb: int = Field(default=64, ge=1, le=100_000)
    allowed_hosts: Names = ()
    allowed_origins: Names = ()
    frame_ancestors: str = "'none'"
    trusted_proxy: str | None = None
    api_keys: str = Field(default="", repr=False)
    rate_limit: str = ""
    feedback_rate_limit: str = "30/minute"
    log_format: LogFormat = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    editable: bool = False
    added_dir: Path = Path("var/added")

    @field_validator("index", mode="before")
    @classmethod
    def _name(cls, value: object) -> object:
        return str(value) if isinstance(value, Path) else value

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(value.replace(",", " ").split())
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _check_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            # A port, a path or a scheme would never be like a name that is asked for,
            # nor letters: browsers send xn--... for them.
            is_name = each.isascii() and "/" not in each and ":" not in each
            if not is_name and not is_address(each):
                raise ValueError(
                    f"write names alone, such as news.example, not {each!r}"
                )
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            scheme, _, host = each.partition("://")
            if not (each.isascii() and scheme and host) or "/" in host:
                raise ValueError(
                    f"write origins such as https://news.example, not {each!r}"
                )
        return value

    @field_validator("trusted_proxy")
    @classmethod
    def _check_proxy(cls, value: str | None) -> str | None:
        # What connects is compared with it as an address; "*" trusts whatever does.
        if value in (None, "", "*") or is_address(value):
            return value or None
        raise ValueError("write the proxy's address, such as 10.0.0.2, or *")

    @field_validator("api_keys")
    @classmethod
    def _check_keys(cls, value: str) -> str:
        read_keys(value)
        return value

    @field_validator("rate_limit", "feedback_rate_limit")
    @classmethod
    def _check_rate(cls, value: str) -> str:
        if value:
            try:
                parse(value)
            except ValueError:
                raise ValueError("write a rate such as 60/minute") from None
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _check_ancestors(cls, value: str) -> str:
        if not value.isascii() or any(mark in value for mark in ";,\r\n"):
            raise ValueError("write sites parted by spaces, such as https://a.example")
        return value

    @property
    def index_dir(self) -> Path:
        """Return the index's folder."""
        return Path(self.index)

    def keys(self) -> tuple[ApiKey, ...]:
        """Return the API keys; the settings were checked, so they can be read."""
        return read_keys(self.api_keys)

    @classmethod
    def defaults(cls) -> Settings:
        """Return the defaults, whatever the variables say."""
        return cls.model_construct()

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
            name = str(first["loc"][0]).lower().removeprefix("qa_")
            told = "" if name == "api_keys" else f"; it is {first['input']!r}"
            raise SettingsError(
                f"setting {name} (QA_{name.upper()}): {first['msg']}{told}"
            ) from error


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
