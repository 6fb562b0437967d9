from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings.encryption import (
    KeyProblemError,
    RecordingKey,
    decrypted,
    encrypt_file,
    make_key,
    read_key,
)

KEY = RecordingKey(bytes(range(32)))
HEADER = 8 + 8 + 16
CHUNK = 64 * 1024
SEALED = CHUNK + 16


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "A1.flac"


def contents(file: Path, key: RecordingKey = KEY) -> bytes:
    return b"".join(decrypted(file, key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_encrypted_comes_back(file: Path, size: int) -> None:
    plain = bytes(n % 251 for n in range(size))
    file.write_bytes(plain)
    encrypt_file(file, KEY)
    assert contents(file) == plain
    assert list(file.parent.iterdir()) == [file]


def test_the_same_sound_never_looks_the_same_twice(file: Path) -> None:
    seen = set()
    for _ in range(3):
        file.write_bytes(bytes(100))
        encrypt_file(file, KEY)
        seen.add(file.read_bytes()[HEADER:])
    assert len(seen) == 3


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_changed_bit_anywhere_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "A1.flac"
    file.write_bytes(bytes(CHUNK + 500))
    encrypt_file(file, KEY)
    sealed = bytearray(file.read_bytes())
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(sealed)
    with pytest.raises(KeyProblemError, match=r"A1\.flac"):
        contents(file)


@pytest.mark.parametrize("left", [HEADER, HEADER + 5, HEADER + SEALED, HEADER + 2 * SEALED])
def test_a_file_cut_off_is_noticed_even_between_chunks(file: Path, left: int) -> None:
    file.write_bytes(bytes(3 * CHUNK))
    encrypt_file(file, KEY)
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(KeyProblemError, match="damaged"):
        contents(file)


def test_chunks_that_change_places_are_noticed(file: Path) -> None:
    file.write_bytes(bytes(3 * CHUNK))
    encrypt_file(file, KEY)
    sealed = file.read_bytes()
    head, one, two, rest = (
        sealed[:HEADER],
        sealed[HEADER : HEADER + SEALED],
        sealed[HEADER + SEALED : HEADER + 2 * SEALED],
        sealed[HEADER + 2 * SEALED :],
    )
    file.write_bytes(head + two + one + rest)
    with pytest.raises(KeyProblemError, match="damaged at chunk 0"):
        contents(file)


def test_another_key_is_named_and_refused(file: Path) -> None:
    file.write_bytes(b"sound")
    encrypt_file(file, KEY)
    other = RecordingKey(bytes(32))
    with pytest.raises(
        KeyProblemError, match=f"needs key {KEY.id.hex()}, this is {other.id.hex()}"
    ):
        contents(file, other)


def test_a_plain_file_is_not_taken_for_an_encrypted_one(file: Path) -> None:
    file.write_bytes(b"RIFF")
    with pytest.raises(KeyProblemError, match="not an encrypted recording"):
        contents(file)


def test_a_new_key_is_its_owners_alone_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "recordings.key"
    made = make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path) == made
    with pytest.raises(FileExistsError):
        make_key(path)


def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "recordings.key"
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(KeyProblemError, match="chmod 600"):
        read_key(path)


@pytest.mark.parametrize("text", [b"", b"00", b"zz" * 32, b"00" * 33, b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "recordings.key"
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(KeyProblemError, match=r"recordings\.key"):
        read_key(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyProblemError, match=r"none\.key"):
        read_key(tmp_path / "none.key")


def test_a_key_does_not_show_itself() -> None:
    assert KEY.secret.hex() not in repr(KEY)
