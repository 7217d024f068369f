"""Where each setting comes from, and what is refused."""

from pathlib import Path

import pytest

from asa_automate.cli.settings import Flags, Output, private_directory, settings_from
from asa_automate.errors import BadInput, Refused, UsageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    config = tmp_path / ".config/asa-automate"
    config.mkdir(parents=True)
    (config / "config.toml").write_text('inventory = "/from/file"\nsettle = 2\n')
    return tmp_path


def test_defaults(tmp_path: Path) -> None:
    settings = settings_from({"HOME": str(tmp_path)})

    assert settings.inventory == Path("inventory")
    assert settings.state_dir == tmp_path / ".local/state/asa-automate"
    assert settings.store == f"sqlite:///{settings.state_dir}/store.sqlite3"
    assert settings.known_hosts == settings.state_dir / "known_hosts"
    assert settings.settle == 5
    assert (settings.output, settings.limits) == (Output.TABLE, ())
    assert not settings.state_dir.exists()


def test_flag_beats_environment_beats_file(home: Path) -> None:
    env = {"HOME": str(home)}
    both = env | {"ASA_AUTOMATE_INVENTORY": "/from/env", "ASA_AUTOMATE_SETTLE": "0.5"}
    flags = Flags(inventory=Path("/from/flag"))

    assert settings_from(env).inventory == Path("/from/file")
    assert settings_from(env).settle == 2
    assert settings_from(both).inventory == Path("/from/env")
    assert settings_from(both).settle == 0.5
    assert settings_from(both, flags).inventory == Path("/from/flag")


def test_an_empty_variable_is_not_set(home: Path) -> None:
    env = {"HOME": str(home), "ASA_AUTOMATE_INVENTORY": ""}

    assert settings_from(env).inventory == Path("/from/file")


def test_xdg_state_home(tmp_path: Path) -> None:
    env = {"HOME": "/nowhere", "XDG_STATE_HOME": str(tmp_path)}

    assert settings_from(env).state_dir == tmp_path / "asa-automate"


@pytest.mark.parametrize("value", ["-1", "soon", "nan", "inf"])
def test_a_settle_that_is_no_time(value: str) -> None:
    with pytest.raises(BadInput, match="ASA_AUTOMATE_SETTLE"):
        settings_from({"ASA_AUTOMATE_SETTLE": value, "HOME": "/nowhere"})


def test_a_store_that_is_no_url_is_not_shown() -> None:
    with pytest.raises(BadInput) as caught:
        settings_from({"ASA_AUTOMATE_STORE": "asa:pw@db", "HOME": "/nowhere"})

    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("text", ["password = 1\n", "inventory = []\n", "inventory\n"])
def test_a_file_that_cannot_be_used(home: Path, text: str) -> None:
    (home / ".config/asa-automate/config.toml").write_text(text)

    with pytest.raises(BadInput, match=r"config\.toml"):
        settings_from({"HOME": str(home)})


def test_no_color() -> None:
    assert settings_from({"NO_COLOR": "1", "HOME": "/nowhere"}).no_color
    assert not settings_from({"NO_COLOR": "", "HOME": "/nowhere"}).no_color
    assert settings_from({"HOME": "/nowhere"}, Flags(no_color=True)).no_color


def test_secrets_are_not_in_repr() -> None:
    env = {"HOME": "/nowhere", "ASA_AUTOMATE_STORE": "pg://u:pw@db/x", "SECRET": "hunter2"}

    shown = repr(settings_from(env))

    assert "pw@" not in shown
    assert "hunter2" not in shown


def test_flags_before_the_subcommand_are_defaults() -> None:
    before = Flags(inventory=Path("a"), limits=("x",), output=Output.JSON, quiet=True)

    assert Flags().over(before) == before
    after = Flags(inventory=Path("b"), limits=("y",), output=Output.TABLE, verbose=1)
    assert after.over(before) == Flags(Path("b"), ("x", "y"), Output.TABLE, verbose=1)


def test_verbose_and_quiet_at_once() -> None:
    with pytest.raises(UsageError):
        settings_from({"HOME": "/nowhere"}, Flags(verbose=1, quiet=True))


def test_a_private_directory_is_made_private(tmp_path: Path) -> None:
    wide = tmp_path / "wide"
    wide.mkdir(mode=0o755)

    assert private_directory(wide).stat().st_mode & 0o777 == 0o700
    assert private_directory(tmp_path / "a/b").stat().st_mode & 0o777 == 0o700


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Refused):
        private_directory(tmp_path / "file")
