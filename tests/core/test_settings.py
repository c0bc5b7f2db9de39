"""Process settings: where they come from, who wins, and what a mistake is answered with."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from xenia.settings import (
    Address,
    Destination,
    Log,
    Secret,
    Settings,
    SettingsError,
    find_settings_file,
    load_settings,
)

EXAMPLE = Path(__file__).parents[2] / "xenia.example.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "xenia.toml"


def problems(path: Path | None, /, **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environ)
    return caught.value.problems


def problem(path: Path | None = None, /, **environ: str) -> str:
    (only,) = problems(path, **environ)
    return only


def test_nothing_given_gives_the_defaults_and_what_is_derived_from_them() -> None:
    settings = load_settings(None, {})
    assert settings == Settings()
    assert settings.console_url == "http://localhost:8000/t/system/console"
    assert settings.master_key_file == Path("var/master.key")
    assert settings.mail_from == "no-reply@localhost"
    assert settings.listen == Address("127.0.0.1", 8000)
    assert (settings.workers, settings.body_limit, settings.development) == (1, 1048576, False)


def test_the_example_file_names_every_key_with_its_default() -> None:
    keys = [line.partition(" =")[0] for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    assert keys == list(Settings.__struct_fields__)
    assert load_settings(EXAMPLE, {}) == Settings()


def test_the_environment_wins_over_the_file(file: Path) -> None:
    file.write_text('public_url = "https://file.example"\nworkers = 2\n')
    settings = load_settings(file, {"XENIA_PUBLIC_URL": "https://environment.example/"})
    assert (settings.public_url, settings.workers) == ("https://environment.example", 2)


def test_lists_are_tables_in_the_file_and_commas_in_the_environment(file: Path) -> None:
    file.write_text('trusted_proxies = ["10.0.0.0/8", "fd00::/8"]\n')
    settings = load_settings(
        file, {"XENIA_OUTGOING_ALLOW": "10.1.2.3:443, [fd00::/8]:636", "XENIA_PLUGINS": "oidc,totp"}
    )
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert settings.outgoing_allow == (
        Destination(ip_network("10.1.2.3/32"), 443),
        Destination(ip_network("fd00::/8"), 636),
    )
    assert settings.plugins == ("oidc", "totp")


@pytest.mark.parametrize(
    ("text", "address"),
    [("0.0.0.0:80", Address("0.0.0.0", 80)), ("[::1]:8443", Address("::1", 8443)), ("host:0", Address("host", 0))],  # noqa: S104
)
def test_listen_takes_a_host_and_a_port(text: str, address: Address) -> None:
    assert load_settings(None, {"XENIA_LISTEN": text}).listen == address


@pytest.mark.parametrize(
    ("text", "log"),
    [("text", Log()), ("json", Log("json")), ("json:warning", Log("json", "warning"))],
)
def test_log_takes_a_form_and_a_level(text: str, log: Log) -> None:
    assert load_settings(None, {"XENIA_LOG": text}).log == log


def test_a_secret_may_come_from_a_file_and_loses_its_line_end(tmp_path: Path) -> None:
    held = tmp_path / "database"
    held.write_text("postgresql://xenia:sesame@db/xenia\n")
    settings = load_settings(None, {"XENIA_DATABASE_URL_FILE": str(held)})
    assert settings.database_url.reveal() == "postgresql://xenia:sesame@db/xenia"


def test_a_secret_given_twice_or_in_a_missing_file_is_refused(tmp_path: Path) -> None:
    twice = {"XENIA_SMTP_URL": "smtp://mail", "XENIA_SMTP_URL_FILE": "somewhere"}
    assert "both XENIA_SMTP_URL and XENIA_SMTP_URL_FILE" in problem(None, **twice)
    assert "can't be read" in problem(XENIA_SMTP_URL_FILE=str(tmp_path / "none"))


def test_a_secret_is_never_shown_not_even_in_a_complaint() -> None:
    settings = load_settings(None, {"XENIA_DATABASE_URL": "postgresql://xenia:sesame@db/xenia"})
    assert "sesame" not in f"{settings!r}{settings.database_url}{settings.database_url!r}"
    assert "sesame" not in problem(XENIA_DATABASE_URL="mysql://xenia:sesame@db")


def test_secrets_compare_by_value_and_are_false_when_empty() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret()


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PUBLIC_URL", "login.example.com", "https://login.example.com"),
        ("PUBLIC_URL", "http://login.example.com", "begins with https://"),
        ("PUBLIC_URL", "https://login.example.com/path", "leave the path out"),
        ("PUBLIC_URL", "https://login.example.com:99999", "Port out of range"),
        ("CONSOLE_URL", "ftp://console", "begins with https://"),
        ("DATABASE_URL", "mysql://db", "begins with postgresql://"),
        ("VALKEY_URL", "http://cache", "begins with valkey://"),
        ("LISTEN", "8000", "write host:port"),
        ("LISTEN", "localhost:70000", "write host:port"),
        ("WORKERS", "0", "from 1 to 256"),
        ("WORKERS", "two", "from 1 to 256"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "write for example 10.0.0.0/8"),
        ("OUTGOING_ALLOW", "10.0.0.0/8", "write for example 10.0.0.0/8:443"),
        ("OUTGOING_ALLOW", "ten:443", "is not"),
        ("LOG", "xml", "write text or json"),
        ("LOG", "json:loud", "write text or json"),
        ("DEVELOPMENT", "perhaps", "write true or false"),
    ],
)
def test_a_bad_value_is_named_with_its_key_and_what_to_write(name: str, value: str, advice: str) -> None:
    line = problem(None, **{f"XENIA_{name}": value})
    assert line.startswith(f"{name.lower()} (from XENIA_{name}): ")
    assert advice in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "line", ["workers = true", "public_url = 5", "plugins = 5", "plugins = [1]", "development = 1"]
)
def test_a_value_of_the_wrong_type_in_the_file_is_refused(file: Path, line: str) -> None:
    file.write_text(line)
    assert problem(file).startswith(line.partition(" =")[0])


def test_every_problem_is_told_at_once(file: Path) -> None:
    file.write_text('colour = "blue"\nworkers = 0\n')
    told = problems(file, XENIA_LOG="xml", XENIA_DEVELOPMENT="true", XENIA_PUBLIC_URL="https://login.example.com")
    assert [line.split()[0].rstrip(":") for line in told] == ["colour", "workers", "log", "development"]


def test_development_is_for_loopback_only() -> None:
    allowed = load_settings(None, {"XENIA_DEVELOPMENT": "true", "XENIA_PUBLIC_URL": "http://acme.localhost:8000"})
    assert allowed.development
    with pytest.raises(SettingsError, match="loopback only"):
        Settings(development=True, public_url="https://login.example.com")


def test_a_file_that_is_missing_or_no_toml_is_one_clear_line(file: Path) -> None:
    assert "can't be read" in problem(file)
    file.write_text("workers")
    assert "not TOML" in problem(file)


def test_variables_that_name_no_key_are_left_to_others() -> None:
    assert load_settings(None, {"XENIA_SERVICE_HOST": "10.0.0.1", "XENIA_PORT": "tcp://10.0.0.1:80"}) == Settings()


def test_the_file_is_the_named_one_or_the_usual_one_or_none(tmp_path: Path, file: Path) -> None:
    assert find_settings_file({}, tmp_path) is None
    file.touch()
    assert find_settings_file({}, tmp_path) == file
    assert find_settings_file({"XENIA_CONFIG": "other.toml"}, tmp_path) == Path("other.toml")
