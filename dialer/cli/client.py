"""The running service, reached by the address and the token in its state folder."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialer.cli.failure import Failure, remedied
from dialer.state_folder import SERVICE_FILE, TOKEN

if TYPE_CHECKING:
    from dialer.settings import Settings

_TIMEOUT_S = 30.0
#: A proxy from the environment must not see the token of a service on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Service:
    """The API of a service that runs."""

    def __init__(self, url: str, token: str, timeout_s: float = _TIMEOUT_S) -> None:
        self._url = url.rstrip("/")
        self._token, self._timeout_s = token, timeout_s

    def get(self, path: str, **query: str | None) -> Any:
        return self.ask("GET", path, **query)

    def post(self, path: str, body: Any = None, **query: str | None) -> Any:
        return self.ask("POST", path, body, **query)

    def patient(self, seconds: float) -> Service:
        """The same, for what takes so long."""
        return Service(self._url, self._token, seconds)

    def patch(self, path: str, body: Any) -> Any:
        return self.ask("PATCH", path, body)

    def ask(self, method: str, path: str, body: Any = None, **query: str | None) -> Any:
        """The answer's JSON. Raises Failure with what the service says is wrong."""
        given = {key: value for key, value in query.items() if value is not None}
        url = f"{self._url}{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
        try:
            with _opener.open(request, timeout=self._timeout_s) as answer:
                return json.load(answer) if answer.status != 204 else None
        except urllib.error.HTTPError as error:
            raise Failure(_said(error)) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Failure(f"the service at {self._url} does not answer: {reason}") from None


def _said(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.load(error)
    except ValueError:
        return f"the service answered {error.code}"
    said = "; ".join(problem.get("errors") or []) or str(problem.get("detail", error.code))
    return remedied(str(problem.get("type", "")).rpartition(":")[2], said)


def running_service(settings: Settings) -> Service | None:
    """The service of this state folder (or of $DIALER_URL), if one runs. Raises Failure."""
    if url := os.environ.get("DIALER_URL"):
        return Service(url, os.environ.get("DIALER_TOKEN") or _token(settings))
    try:
        found = json.loads((settings.state_dir / SERVICE_FILE).read_text(encoding="utf-8"))
        url, pid = str(found["url"]), int(found["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Service(url, _token(settings)) if _lives(pid) else None


def service_of(settings: Settings) -> Service:
    """As `running_service`. Raises Failure when none runs."""
    found = running_service(settings)
    if found is None:
        raise Failure(
            f"no service runs for {settings.state_dir}: start it with 'dialer serve' "
            "(or name another settings file with --config)"
        )
    return found


def _token(settings: Settings) -> str:
    from dialer.settings.secrets import SecretsError, SecretsFile  # noqa: PLC0415

    try:
        return SecretsFile(settings.state_dir).get(TOKEN) or ""
    except SecretsError as error:
        raise Failure(str(error)) from None


def _lives(pid: int) -> bool:
    """Whether the process is there; a crash leaves the service file behind."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # A zombie answers no one.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[:1] != ["Z"]
