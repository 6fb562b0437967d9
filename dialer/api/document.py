"""The OpenAPI document: complete enough that a client can be generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from dialer.api.topics import Topics
from dialer.features.every import PERMISSIONS
from dialer.features.sessions.identity import CSRF_HEADER
from dialer.kit import problems, shapes
from dialer.kit.auth import Needed
from dialer.kit.sessions import cookie_name

_COMMON = problems.responses(401, 403, 422, 503)
#: A body that is no text at all.
_WITH_BODY = {str(status): it for status, it in problems.responses(400).items()}
_OPEN = problems.responses(422, 503)


def operation_id(route: APIRoute) -> str:
    """`floors_get_floor`: the resource and what is done with it; stable, for generated clients."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def operations(app: FastAPI) -> Iterator[tuple[str, str, Needed | None]]:
    """Method, path and what is needed, for every operation; None: nothing."""
    included: list[tuple[str, APIRouter]] = app.state.routers
    for prefix, router in included:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield method, prefix + route.path, needed_by(route)


def needed_by(route: APIRoute) -> Needed | None:
    calls = (dependant.call for dependant in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, Needed)), None)


def document(app: FastAPI) -> dict[str, Any]:
    """Made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    made = get_openapi(
        title=app.title,
        version=app.version,
        description="Steer and watch the dialer. Times are unix seconds, rates 0 to 1.",
        routes=app.routes,
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    shapes.publish(Topics)
    schemas.update(_new(shapes.components(), schemas))
    schemas["Session"]["properties"]["permissions"]["items"]["enum"] = list(PERMISSIONS)
    problem = problems.ProblemDetails.model_json_schema(ref_template=shapes.REF)
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDetails"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = _schemes()
    made["security"] = [{"token": []}, {"session": []}]
    needs = {(path, method.lower()): needed for method, path, needed in operations(app)}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(operation, needs.get((path, method)))
    app.openapi_schema = made
    return made


def _new(found: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """One name is one shape: of two the console's types would have the last, and FastAPI gives
    both of its own the names of their modules.
    """
    twice = [it for it in found if it in schemas and not _is_same(found[it], schemas[it])]
    twice += [it for it in schemas if "__" in it]
    if twice:
        raise ValueError(f"two shapes have one name: {', '.join(twice)}")
    return found


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """An enumeration is its values, whoever wrote them down."""
    if "enum" in one and "enum" in other:
        return set(one["enum"]) == set(other["enum"])
    return one == other


def _schemes() -> dict[str, Any]:
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie_name(secure=True),
            "description": (
                f"Set by POST /session; over plain HTTP on this machine it is called "
                f"{cookie_name(secure=False)!r}. Changing requests need the header "
                f"{CSRF_HEADER!r} as well."
            ),
        },
    }


def _complete(operation: dict[str, Any], needed: Needed | None) -> None:
    """FastAPI describes 422 by its own shape, which is never sent; and 401 not at all."""
    common = _COMMON if needed is not None else _OPEN
    operation["responses"].update({str(status): answer for status, answer in common.items()})
    if "requestBody" in operation:
        operation["responses"].update(_WITH_BODY)
    if needed is None or needed.afar:
        operation["security"] = [{}] if needed is None else [{}, {"token": []}, {"session": []}]
    if needed is not None and needed.permission is not None:
        operation["x-permission"] = needed.permission
