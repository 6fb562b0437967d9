"""Make the types of the console's client from the API's own document (needs node_modules)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from dialer.api.app import create_app
from dialer.kit.context import ApiContext

CONSOLE = Path(__file__).parent.parent / "console"
TARGET = CONSOLE / "src" / "api" / "schema.d.ts"


def document() -> dict[str, Any]:
    """The document alone asks nothing of the context."""
    nothing = cast(Any, None)
    return create_app(ApiContext(*[nothing] * 6)).openapi()


def main() -> int:
    """The file is not kept in the repository: what is built is what the API says."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "openapi.json")
        source.write_text(json.dumps(document()), encoding="utf-8")
        command = [
            "node",
            "node_modules/openapi-typescript/bin/cli.js",
            source,
            "-o",
            TARGET,
            "--default-non-nullable=false",
        ]
        return subprocess.run(command, cwd=CONSOLE, check=False, stdout=sys.stderr).returncode


if __name__ == "__main__":
    sys.exit(main())
