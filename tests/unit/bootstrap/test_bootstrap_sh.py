"""The shell part: which Python builds the environment, and when nothing has to be built."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OLD = "#!/bin/sh\nexit 1\n"
# Says that it is new enough, and notes with what else it was started.
NEW = '#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "$(basename "$0") $*" >> "$STARTED"\n'


class Project:
    """A copy of what the script reads, and a PATH with nothing but the Pythons of the test."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bin = root / "bin"
        self.started = root / "started"
        (root / "tools").mkdir()
        self.bin.mkdir()
        for name in ("pyproject.toml", "constraints.txt", "tools/bootstrap.py"):
            shutil.copy(ROOT / name, root / name)
        script = (ROOT / "tools/bootstrap.sh").read_text()
        self.script = root / "tools/bootstrap.sh"
        # The system's own Python must not be found from here.
        self.script.write_text(script.replace("/usr/bin/python3", "/nonexistent/python3"))
        self.script.chmod(0o755)
        for tool in ("sh", "cat", "cksum", "dirname", "basename"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))

    def python(self, name: str, text: str) -> Path:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self.bin), "STARTED": str(self.started), **environment}
        return subprocess.run([self.script], env=env, capture_output=True, text=True, check=False)

    def starts(self) -> list[list[str]]:
        text = self.started.read_text() if self.started.exists() else ""
        return [line.split(maxsplit=2) for line in text.splitlines()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_without_a_new_enough_python_one_line_says_what_to_do(project: Project) -> None:
    project.python("python3", OLD)
    done = project.run()
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "no Python 3.11 or newer" in done.stderr
    assert "PYTHON=" in done.stderr


def test_an_old_python3_is_passed_over_for_a_newer_one_beside_it(project: Project) -> None:
    project.python("python3", OLD)
    project.python("python3.12", NEW)
    assert project.run().returncode == 0
    assert [start[:2] for start in project.starts()] == [["python3.12", "tools/bootstrap.py"]]


def test_a_python_that_is_named_comes_first(project: Project) -> None:
    project.python("python3", NEW)
    chosen = project.python("mine", NEW)
    project.run(PYTHON=str(chosen))
    assert project.starts()[0][0] == "mine"


def test_a_finished_environment_costs_no_python_at_all(project: Project) -> None:
    project.python("python3", NEW)
    project.run()
    key = project.starts()[0][2]
    venv = project.root / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(project.bin / "python3")
    (venv / "dialer-ready").write_text(key + "\n")
    assert project.run().returncode == 0
    assert len(project.starts()) == 1


@pytest.mark.parametrize(
    "changed", ["pyproject.toml", "constraints.txt", "tools/bootstrap.py", "tools/bootstrap.sh"]
)
def test_a_change_of_what_it_is_made_from_makes_it_anew(project: Project, changed: str) -> None:
    project.python("python3", NEW)
    project.run()
    with (project.root / changed).open("a") as file:
        file.write("\n# changed\n")
    project.run()
    first, second = project.starts()
    assert first[2] != second[2]


def test_an_environment_that_was_moved_is_made_anew(project: Project, tmp_path: Path) -> None:
    project.python("python3", NEW)
    project.run()
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    shutil.copytree(tmp_path, moved, symlinks=True)
    subprocess.run(
        [moved / "tools/bootstrap.sh"],
        env={"PATH": str(project.bin), "STARTED": str(project.started)},
        check=True,
    )
    first, second = project.starts()
    assert first[2] != second[2]


def test_the_scripts_are_executable() -> None:
    assert os.access(ROOT / "tools/bootstrap.sh", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)
