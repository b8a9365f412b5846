from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_file_the_defaults_hold() -> None:
    assert read_settings() == Settings()


def test_options_win_over_environment_and_environment_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chapterverse.toml").write_text('corpus = "a"\nindex = "a"\nthreshold = 0.7\n', encoding="utf-8")
    monkeypatch.setenv("CHAPTERVERSE_CORPUS", "b")
    monkeypatch.setenv("CHAPTERVERSE_INDEX", "b")
    read = read_settings(index=Path("c"), corpus=None)
    assert (read.corpus, read.index, read.threshold) == (Path("b"), Path("c"), 0.7)


def test_an_unknown_key_is_named_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "chapterverse.toml").write_text("treshold = 0.7\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"unknown setting 'treshold'; the settings are .*threshold"):
        read_settings()


def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPTERVERSE_THRESHOLD", "high")
    with pytest.raises(SettingsError, match="setting 'threshold' is 'high'"):
        read_settings()


def test_a_named_file_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAPTERVERSE_SETTINGS", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"settings file 'nowhere.toml' cannot be read"):
        read_settings()


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "chapterverse.toml").write_text("threshold: 0.7\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings file 'chapterverse.toml' cannot be read"):
        read_settings()


def test_the_public_address_is_an_address_and_ends_without_a_slash() -> None:
    assert (
        read_settings(public_url="https://ask.example.org:8443/desk").public_url == "https://ask.example.org:8443/desk"
    )
    for wrong in ("ask.example.org", "https://ask.example.org/", "javascript:alert(1)", "https://a/b)[x](c"):
        with pytest.raises(SettingsError, match="setting 'public_url' is"):
            read_settings(public_url=wrong)
