"""The rows that did not go in, handed out as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import StreamingResponse

from dialer.features.imports.service import report_text

#: For the document.
CSV: dict[str, Any] = {
    "description": "CSV, UTF-8 with a mark.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


def handed_out(path: Path, name: str, language: str) -> StreamingResponse:
    """With row number and reason; corrected, the file can be imported again."""
    headers = {"Content-Disposition": f'attachment; filename="{name}-rejected.csv"'}
    text = report_text(path, language)
    return StreamingResponse(text, media_type="text/csv", headers=headers)
