"""The skeleton of a feature passes every test as it is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: It runs the tools on the whole project, some of them twice.
pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).resolve().parents[3]
#: What holds for every feature, and for everything of which a feature has a part.
HELD = [
    "tests/unit/architecture/test_features.py",
    "tests/unit/architecture/test_circles.py",
    "tests/unit/architecture/test_files.py",
    "tests/unit/architecture/test_imports.py",
    "tests/unit/architecture/test_reference.py",
    "tests/unit/architecture/test_scope.py",
    "tests/unit/architecture/test_words.py",
    "tests/unit/api/test_words.py",
    "tests/unit/api/test_words_of_the_field.py",
    "tests/unit/api/test_routes_by_role.py::test_the_table_has_every_route_and_no_other",
    "tests/unit/store/test_migrations.py::test_a_new_database_gets_every_table_that_the_program_uses",
    "tests/unit/api/test_kept_records.py",
    "tests/unit/features/sales_goals",
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a feature that was just made."""
    copy = tmp_path_factory.mktemp("made") / "project"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    run(copy, "git", "init", "-q")
    made = run(copy, sys.executable, "-m", "tools.feature", "sales_goals", "--zh", "销售目标")
    assert "dialer/features/sales_goals/records.py" in made.splitlines()
    return copy


def run(folder: Path, *command: str) -> str:
    """Its output. Fails with all it said where it fails."""
    env = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'tools'}"}
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}"
    return done.stdout


def test_it_is_well_typed_and_written_as_everything_is(tree: Path) -> None:
    run(tree, sys.executable, "-m", "ruff", "check", "dialer", "tests")
    run(tree, sys.executable, "-m", "ruff", "format", "--check", "dialer", "tests")
    cache = ["--cache-dir", str(ROOT / ".mypy_cache")] if (ROOT / ".mypy_cache").exists() else []
    run(
        tree, sys.executable, "-m", "mypy", *cache,
        "dialer/features/sales_goals", "tests/unit/features/sales_goals",
    )  # fmt: skip


def test_it_passes_what_holds_for_every_feature_and_its_own_tests(tree: Path) -> None:
    said = run(tree, sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *HELD)
    assert " passed" in said


@pytest.mark.skipif(not (ROOT / "console/node_modules").exists(), reason="no node_modules")
def test_its_pages_are_well_typed_and_say_everything_in_both_languages(tree: Path) -> None:
    (tree / "console/node_modules").symlink_to(ROOT / "console/node_modules")
    run(tree, sys.executable, "tools/console_types.py")
    console = tree / "console"
    run(console, "npx", "vue-tsc", "--noEmit")
    run(console, "npx", "eslint", "src/features/sales_goals")
    run(console, "npx", "prettier", "--check", "src/features/sales_goals", "src/features/index.ts")
    run(console, "npx", "vitest", "run", "src/features/features.test.ts", "src/i18n", "src/shell")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (["Goals"], "is no name"),
        (["sheep"], "say what one of the sheep is called"),
        (["leads"], "is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(
    said: list[str], complaint: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.feature", *said],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) <= 3
