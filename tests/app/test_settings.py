"""Settings come from one file and the environment; every mistake names where and why."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import load, secret
from domain.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "config" / "city.toml"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [n for n in os.environ if n.startswith("QUANYAN_") and n != "QUANYAN_SHARED"]:
        monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Path:
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_file_and_environment_the_defaults_bind_to_loopback() -> None:
    settings = load()
    assert (settings.api.host, settings.mqtt.host) == ("127.0.0.1", "127.0.0.1")


def refuses(path: Path, place: str, reason: str) -> None:
    """Load a file whose one mistake must be told with file, key and reason."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == (str(path), place)
    assert reason in problem.reason


def test_the_environment_wins_over_the_file_key_by_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANYAN_MQTT__HOST", "broker")
    settings = load(written(tmp_path, '[mqtt]\nhost = "other"\nport = 1884\n'))
    assert (settings.mqtt.host, settings.mqtt.port) == ("broker", 1884)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[mqtt]\nprt = 1", "mqtt.prt", "no such setting"),
        ("colour = 1", "colour", "no such setting"),
        ("[mqtt]\nport = 70000", "mqtt.port", "less than or equal to 65535"),
        ("[mqtt]\nport = 'x'", "mqtt.port", "valid integer"),
        ("[city]\nzone = 'Mars/Olympus'", "city.zone", "'Mars/Olympus' is no IANA time zone"),
        ("[operational]\nurl = 'mysql://x'", "operational.url", "must be sqlite:///file or postgresql"),
        ("[map]\ntiles = ['https://t{s}.x/{z}']", "map", "tiles[0]: must begin with"),
        ("[telemetry]\nkind = 'csv'", "telemetry.kind", "'influx' or 'duckdb'"),
        ("[mqtt\n", "", "is no TOML"),
    ],
)
def test_a_mistake_in_the_file_names_file_key_and_reason(tmp_path: Path, text: str, place: str, reason: str) -> None:
    refuses(written(tmp_path, text), place, reason)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("QUANYAN_MQTT__PORT", "x", "valid integer"),
        ("QUANYAN_MQTT__PRT", "1", "no such setting"),
        ("QUANYAN_MQT__PORT", "1", "no such setting"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load()
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == ("environment", name)
    assert reason in problem.reason


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "absent.toml")


def test_the_sample_file_holds_every_key_with_its_default() -> None:
    assert load(SAMPLE) == load()


def test_a_secret_comes_from_its_file_without_line_end(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("s3cret\n", encoding="utf-8")
    assert secret(None, path, "telemetry.token") == "s3cret"


def test_a_secret_given_twice_missing_or_empty_is_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    for value, file in ((SecretStr("a"), empty), (None, empty), (None, tmp_path / "absent")):
        with pytest.raises(ConfigError, match="token"):
            secret(value, file, "telemetry.token")


def test_a_secret_never_stands_in_the_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANYAN_MQTT__PASSWORD", "hunter2")
    assert "hunter2" not in repr(load())


def test_relative_paths_count_from_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANYAN_DATA_DIR", "/srv/q")
    settings = load()
    assert settings.under_data(settings.journal.folder) == Path("/srv/q/journal")
    assert settings.operational_url() == "sqlite:////srv/q/operational.sqlite"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("[retention]\nraw_days = 400", "retention.raw_days", "above ingest.max_past_days (400)"),
        ("[retention]\nhour_days = 429", "retention.hour_days", "not be below retention.raw_days"),
        ("[retention]\nraw_days = 0", "retention.hour_days", "not be below retention.raw_days"),
        ("[retention]\nday_days = 1829", "retention.day_days", "not be below retention.hour_days"),
        ("[archive]\nkeep_days = 430", "archive.keep_days", "above 430"),
        ("[archive]\nenabled = false", "retention.enabled", "switch both off"),
        ("[telemetry]\nretention_days = 400", "telemetry.retention_days", "the bucket would drop"),
    ],
)
def test_ages_that_do_not_agree_are_named(tmp_path: Path, text: str, place: str, reason: str) -> None:
    refuses(written(tmp_path, text), place, reason)


def test_alerts_are_kept_for_as_long_as_a_report_of_their_quality_goes_back(tmp_path: Path) -> None:
    refuses(written(tmp_path, "[alerts]\nkeep_days = 93"), "alerts.keep_days", "above 93")
    assert load(written(tmp_path, "[alerts]\nkeep_days = 94")).alerts.keep == timedelta(days=94)
    assert load(written(tmp_path, "[alerts]\nkeep_days = 0")).alerts.keep is None


def test_ages_that_agree_are_taken(tmp_path: Path) -> None:
    assert load(written(tmp_path, "[retention]\nraw_days = 0\nhour_days = 0\nday_days = 0")).retention.enabled
    off = "[retention]\nenabled = false\n[archive]\nenabled = false\n[telemetry]\nretention_days = 1"
    assert load(written(tmp_path, off)).retention.policy.raw is None
    assert load(written(tmp_path, "[telemetry]\nretention_days = 7300\n[archive]\nkeep_days = 431")).archive.keep_days
