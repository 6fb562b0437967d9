"""Why a request was not done: raised by the services, told by API and command line alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialer.ports.control import Refusal


class ProblemError(Exception):
    """A request that cannot be done: an HTTP status, a stable slug, and one line for a person."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        errors: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def not_found(what: str, name: str) -> ProblemError:
    return ProblemError(404, f"no-such-{what}", f"there is no {what} {name!r}")


def conflict(slug: str, detail: str) -> ProblemError:
    return ProblemError(409, slug, detail)


def bad_request(slug: str, detail: str, errors: Sequence[str] = ()) -> ProblemError:
    return ProblemError(422, slug, detail, errors)


def unless(refusal: Refusal | None) -> None:
    """Raise a refusal of the engine as a problem; nothing when it did as told."""
    if refusal is not None:
        is_unknown = refusal.slug.startswith(("no-such-", "unknown-"))
        raise ProblemError(404 if is_unknown else 409, refusal.slug, refusal.message)
