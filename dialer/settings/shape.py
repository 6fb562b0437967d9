"""Which tables and keys the settings' models have at a path, seen from the outside."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel


def keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys of the table at `path`; pydantic's own path names fields, keys and positions."""
    at: Any = model
    for part in path:
        at = _step(at, part)
    found = _model(at)
    if found is None:
        return []
    return [name for name, field in found.model_fields.items() if not field.exclude]


def without_unset(data: Any, model: Any) -> Any:
    """`data` without empty texts where a value may be missing: TOML cannot write "none"."""
    if isinstance(data, list):
        return [without_unset(item, _step(model, at)) for at, item in enumerate(data)]
    if not isinstance(data, dict):
        return data
    return {
        key: without_unset(value, _step(model, key))
        for key, value in data.items()
        if value != "" or not _may_lack(model, key)
    }


def _may_lack(model: Any, key: str) -> bool:
    found = _model(model)
    field = found.model_fields.get(key) if found is not None else None
    return field is not None and type(None) in get_args(field.annotation)


def _model(at: Any) -> type[BaseModel] | None:
    at = _plain(at)
    return at if isinstance(at, type) and issubclass(at, BaseModel) else None


def _step(at: Any, part: str | int) -> Any:
    model = _model(at)
    if model is not None:
        field = model.model_fields.get(str(part))
        return field.annotation if field is not None else None
    at = _plain(at)
    arguments = get_args(at)
    if get_origin(at) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _plain(at: Any) -> Any:
    """`X | None` as X."""
    if get_origin(at) in (Union, types.UnionType):
        return next(part for part in get_args(at) if part is not type(None))
    return at
