"""What a key may hold, looked up in the types along a trail: known keys and their documentation."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Literal, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from typing_extensions import TypeIs

    from planner.scenario.marks import Trail


def known_keys(model: type[BaseModel], trail: Trail, given: dict[str, object]) -> list[str]:
    """Names of the keys that may stand under a trail; `given` tells a kind by its `method` or `kind`."""
    models = _fitting([m for m in _at(model, trail) if _is_model(m)], given)
    return list(dict.fromkeys(name for m in models for name in m.model_fields))


def documentation(model: type[BaseModel], trail: Trail) -> str:
    """First documented meaning of the key at the end of a trail."""
    fields = (f for m in _at(model, trail[:-1]) if _is_model(m) and (f := _field(m, trail[-1])))
    return next((f.description for f in fields if f.description), "")


def _field(model: type[BaseModel], name: str) -> FieldInfo | None:
    return model.model_fields.get(name)


def _fitting(models: list[type[BaseModel]], given: dict[str, object]) -> list[type[BaseModel]]:
    def fits(model: type[BaseModel]) -> bool:
        fields = ((key, _field(model, key)) for key in ("method", "kind"))
        return any(f is not None and given.get(key) in get_args(f.annotation) for key, f in fields)

    return [m for m in models if fits(m)] or models


def _at(annotation: object, trail: Trail) -> list[object]:
    kinds = list(_flat(annotation))
    for part in trail:
        kinds = [below for kind in kinds for step in _step(kind, part) for below in _flat(step)]
    return kinds


def _step(kind: object, part: str) -> Iterator[object]:
    if _is_model(kind) and (field := _field(kind, part)):
        yield field.annotation
    elif get_origin(kind) is dict:
        yield get_args(kind)[1]
    elif get_origin(kind) is list:
        yield get_args(kind)[0]


def _flat(annotation: object) -> Iterator[object]:
    if isinstance(annotation, TypeAliasType):
        yield from _flat(annotation.__value__)
    elif get_origin(annotation) is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for kind in get_args(annotation):
            yield from _flat(kind)
    else:
        yield annotation


def _is_model(kind: object) -> TypeIs[type[BaseModel]]:
    return get_origin(kind) is not Literal and isinstance(kind, type) and issubclass(kind, BaseModel)
