from __future__ import annotations

from pathlib import Path

import pytest

from web.settings import Settings, SettingsError


def test_the_default_is_under_the_variable_is_under_the_flag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings.from_env().port == 8080
    monkeypatch.setenv("QA_PORT", "9000")
    assert Settings.from_env().port == 9000
    assert Settings.from_env(port=None).port == 9000
    assert Settings.from_env(port=9001).port == 9001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QA_PORT", "eighty"),
        ("QA_PORT", "70000"),
        ("QA_THREADS", "0"),
        ("QA_PRECISION", "int3"),
        ("QA_ALLOWED_HOSTS", "news.example:443"),
        ("QA_ALLOWED_HOSTS", "https://news.example"),
        ("QA_ALLOWED_HOSTS", "bücher.example"),
        ("QA_ALLOWED_ORIGINS", "news.example"),
        ("QA_ALLOWED_ORIGINS", "https://news.example/"),
        ("QA_TRUSTED_PROXY", "proxy.local"),
        ("QA_FRAME_ANCESTORS", "https://bücher.example"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}.*{value}"):
        Settings.from_env()


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match="colour"):
        Settings.from_env(colour="blue")


def test_every_variable_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`QA_{name.upper()}`" in readme
