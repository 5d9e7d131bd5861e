"""Settings: read from the environment, refused by name when they cannot be used."""

from pathlib import Path

import pytest

from common.settings import BadSetting, Settings, UnknownSetting


def test_without_an_environment_the_settings_are_those_of_one_machine() -> None:
    settings = Settings.read({"PATH": "/bin"})

    assert settings == Settings()
    assert settings.database_url == "sqlite:///var/panier.sqlite"


def test_each_setting_is_read_as_what_it_is() -> None:
    settings = Settings.read(
        {
            "PANIER_DATABASE_URL": "postgresql+psycopg://panier@db/valmont",
            "PANIER_REGISTRY": "towns.toml",
            "PANIER_PORT": "8000",
            "PANIER_SECURE_COOKIES": "Yes",
            "PANIER_PLAN_EFFORT": "2.5",
            "PANIER_LOG_LEVEL": "warning",
        }
    )

    assert settings == Settings(
        database_url="postgresql+psycopg://panier@db/valmont",
        registry=Path("towns.toml"),
        port=8000,
        secure_cookies=True,
        plan_effort=2.5,
        log_level="warning",
    )


def test_an_empty_registry_is_no_registry() -> None:
    assert Settings.read({"PANIER_REGISTRY": ""}).registry is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PANIER_PORT", "many"),
        ("PANIER_PORT", "65536"),
        ("PANIER_PORT", "-1"),
        ("PANIER_THREADS", "0"),
        ("PANIER_SESSION_HOURS", "0"),
        ("PANIER_SECURE_COOKIES", "maybe"),
        ("PANIER_JOBS", "celery"),
        ("PANIER_PLAN_EFFORT", "0"),
        ("PANIER_PLAN_EFFORT", "nan"),
        ("PANIER_PLAN_EFFORT", "inf"),
        ("PANIER_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        Settings.read({name: value})

    assert refusal.value.data["name"] == name
    assert refusal.value.data["value"].rstrip(".0") == value.rstrip(".0")


@pytest.mark.parametrize(("name", "value"), [("port", 65535), ("port", 0), ("threads", 1), ("plan_effort", 0.1)])
def test_a_value_at_its_limit_is_taken(name: str, value: float) -> None:
    assert getattr(Settings.read({f"PANIER_{name.upper()}": str(value)}), name) == value


def test_a_slip_in_a_name_is_noticed() -> None:
    with pytest.raises(UnknownSetting) as refusal:
        Settings.read({"PANIER_DATABSE_URL": "sqlite:///x"})

    assert "PANIER_DATABASE_URL" in str(refusal.value)
