"""A job that failed."""

from __future__ import annotations


class Failure(Exception):  # noqa: N818  (it is what the command line reports, not an error in it)
    """Why the job failed and what to do, in one line: printed on stderr, exit status 1."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
