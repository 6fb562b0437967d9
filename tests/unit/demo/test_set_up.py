"""What keeps a demo from beginning is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialer.asterisk.free_ports import NoPortsError
from dialer.asterisk.install import InstallError
from dialer.asterisk.node import NodeError
from dialer.cli.main import run


@pytest.mark.parametrize("error", [InstallError, NoPortsError, NodeError])
def test_a_demo_that_cannot_begin_says_why(
    error: type[Exception],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error("this and that: do so")

    monkeypatch.setattr("dialer.demo.run.build_stage", fail)
    assert run(["demo", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "dialer demo: this and that: do so\n"
