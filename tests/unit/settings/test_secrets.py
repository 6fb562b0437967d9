"""Secrets are made once, by whoever comes first, and only their owner reads them."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.settings.phones import PhoneEntry, phone_password, phones, put_phone
from dialer.settings.secrets import SecretsError, SecretsFile


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = SecretsFile(tmp_path / "state").get_or_make("api.token")

    assert SecretsFile(tmp_path / "state").get_or_make("api.token") == first
    assert len(first) > 40


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    secrets = SecretsFile(tmp_path)
    secrets.get_or_make("x")

    assert stat.S_IMODE(secrets.path.stat().st_mode) == 0o600


def test_many_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: SecretsFile(tmp_path).get_or_make("x"), range(40)))

    assert len(set(made)) == 1


def test_a_spoiled_file_is_said_and_not_overwritten(tmp_path: Path) -> None:
    secrets = SecretsFile(tmp_path)
    secrets.path.write_text("not toml")

    with pytest.raises(SecretsError, match="is not valid TOML"):
        secrets.get_or_make("x")
    assert secrets.path.read_text() == "not toml"


@given(name=st.text(min_size=1, max_size=20), value=st.text(max_size=20))
def test_whatever_is_kept_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: str
) -> None:
    secrets = SecretsFile(tmp_path_factory.mktemp("state"))

    try:
        name.encode(), value.encode()
    except UnicodeEncodeError:
        return
    secrets.put(name, value)

    assert secrets.get(name) == value


def test_a_phone_keeps_its_password(tmp_path: Path) -> None:
    put_phone(tmp_path, "anna", PhoneEntry("sip"))
    put_phone(tmp_path, "bo", PhoneEntry("static", contact="sip:bo@10.0.0.7"))

    assert phones(tmp_path)["bo"].contact == "sip:bo@10.0.0.7"
    secrets = SecretsFile(tmp_path)
    assert phone_password(secrets, "anna") == phone_password(secrets, "anna")
