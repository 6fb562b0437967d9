"""URLs as PostgreSQL hosts give them: translated, or refused in one line."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from dialer.ports.store import StoreError
from dialer.store.database import parse_url
from dialer.store.postgres_url import PostgresAddress, postgres_address

PLAIN = "postgresql://dialer:secret@db.example.com:5433/dialer"


def address(query: str) -> PostgresAddress:
    return postgres_address(parse_url(f"{PLAIN}?{query}" if query else PLAIN))


def arguments(query: str, *, pooled: bool = False) -> dict[str, Any]:
    return address(query).connecting(pooled=pooled)


def test_a_plain_url_keeps_its_parts_and_names_the_program() -> None:
    found = address("")

    assert found.url == make_url(PLAIN).set(drivername="postgresql+asyncpg")
    assert found.pooled is None
    assert arguments("")["server_settings"] == {"application_name": "dialer"}
    assert "dsn" not in arguments("")


@pytest.mark.parametrize(
    "mode", ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
)
def test_every_sslmode_of_libpq_is_handed_on(mode: str) -> None:
    assert arguments(f"sslmode={mode}")["dsn"] == f"postgresql://?sslmode={mode}"
    assert arguments(f"ssl={mode}")["dsn"] == f"postgresql://?sslmode={mode}"


def test_certificates_are_handed_on_as_files(tmp_path: Path) -> None:
    file = tmp_path / "a b.pem"
    file.touch()
    found = arguments(f"sslmode=verify-full&sslrootcert={quote(str(file))}&sslkey={file}")

    said = parse_qs(urlsplit(found["dsn"]).query)
    assert said == {
        "sslmode": ["verify-full"], "sslrootcert": [str(file)], "sslkey": [str(file)],
    }  # fmt: skip


def test_the_systems_own_authorities_may_be_named() -> None:
    found = arguments("sslmode=verify-full&sslrootcert=system")

    assert isinstance(found["ssl"], ssl.SSLContext)
    assert "dsn" not in found


def test_the_url_that_is_left_has_no_parameters_for_the_driver() -> None:
    assert dict(address("sslmode=require&host=/run/postgresql").url.query) == {
        "host": "/run/postgresql"
    }


def test_settings_of_the_session_are_sent_as_such() -> None:
    found = arguments("application_name=floor1&options=-c%20jit%3Doff&connect_timeout=3")

    assert found["server_settings"] == {"application_name": "floor1", "options": "-c jit=off"}
    assert found["timeout"] == 3


def test_cache_sizes_are_numbers() -> None:
    found = arguments("statement_cache_size=0&prepared_statement_cache_size=0")

    assert found["statement_cache_size"] == 0
    assert found["prepared_statement_cache_size"] == 0
    assert address("statement_cache_size=0").pooled is True


def test_a_pooler_gets_no_statements_to_keep_unless_told() -> None:
    assert arguments("")["statement_cache_size"] > 0
    assert arguments("", pooled=True)["statement_cache_size"] == 0
    assert arguments("", pooled=True)["prepared_statement_cache_size"] == 0
    assert arguments("statement_cache_size=50", pooled=True)["statement_cache_size"] == 50
    assert address("pgbouncer=true").pooled is True
    assert address("pgbouncer=false").pooled is False


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sslmode=maybe", "sslmode=maybe is none of disable"),
        ("channel_binding=require", "channel_binding=require cannot be kept"),
        ("connection_limit=5", "'connection_limit' is not understood"),
        ("ssl_mode=require", "'ssl_mode' is not understood; write sslmode, or leave it out"),
        ("connect_timeout=soon", "connect_timeout=soon is not a number"),
        ("statement_cache_size=many", "statement_cache_size=many is not a number"),
        ("pgbouncer=maybe", "neither true nor false"),
        ("sslrootcert=/nowhere/ca.pem", "sslrootcert=/nowhere/ca.pem: No such file"),
        ("password=hunter2", "'password' is not understood"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(query: str, words: str) -> None:
    with pytest.raises(StoreError) as refused:
        address(query)

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_what_asks_for_nothing_more_is_left_out() -> None:
    assert arguments("channel_binding=prefer&client_encoding=UTF8") == arguments("")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_any_parameters_are_translated_or_refused(query: dict[str, str]) -> None:
    try:
        found = postgres_address(parse_url(PLAIN).set(query=query))
    except StoreError:
        return
    assert set(found.url.query) <= {"host", "port"}
