"""Records of a case in and out of the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from fother.errors import RegistryError, UsageError
from fother.model.bodies import from_body, to_body
from fother.model.case import KINDS, Case, Kept
from fother.registry import Item, NewItem, Registry

T = TypeVar("T")
_KIND_OF = {record: kind for kind, record in KINDS.items()}


def kept(item: Item, kind: type[T]) -> Kept[T]:
    """An item as the record of its kind. Raises RegistryError when its body is none."""
    try:
        record = from_body(kind, item.body)
    except ValueError as error:
        raise RegistryError(
            f"{item.id} cannot be read: {error}; it was written by another version of fother."
        ) from None
    return Kept(item.id, item.version, item.made_at, item.at, item.actor, item.why, record)


def new(record: Any, case: str | None, why: str = "") -> NewItem:
    """A record as a new entry of a case."""
    return NewItem(_KIND_OF[type(record)], to_body(record), case, why=why)


def add(registry: Registry, record: Any, case: str | None, why: str = "") -> Item:
    """Enter a record. Raises as `Registry.put_items`; UsageError for a case that is closed."""
    if case is not None:
        case = open_case(registry, case).id
    (made,) = registry.put_items([new(record, case, why)])
    return made


def get(registry: Registry, reference: str, kind: type[T]) -> Kept[T]:
    """The record of an id. Raises NotFoundError, UsageError when it is of another kind."""
    return kept(_item(registry, reference, kind), kind)


def change(registry: Registry, reference: str, kind: type[T], edit: Callable[[T], T], why: str = "") -> Item:
    """Enter the next version of a record. `edit` gets the present one and returns the new one.

    Raises ConflictError when somebody else was quicker, UsageError for another kind, a closed case, or an
    entry that was withdrawn.
    """
    item = _item(registry, reference, kind)
    if item.withdrawn:
        raise UsageError(f"{item.id} was withdrawn ({item.why}) and is not changed any more.")
    if item.case is not None:
        open_case(registry, item.case)
    # Fields that only a newer version knows are kept.
    unknown = {k: v for k, v in item.body.items() if k not in {f.name for f in fields(kind)}}  # type: ignore[arg-type]
    body = {**unknown, **to_body(edit(kept(item, kind).record))}
    return registry.put_item(
        item.kind, body, case=item.case, id=item.id, expected_version=item.version, why=why
    )


def open_case(registry: Registry, reference: str) -> Kept[Case]:
    """A case that may still be written to. Raises NotFoundError, UsageError."""
    case = get(registry, reference, Case)
    if case.record.state == "closed":
        raise UsageError(f"Case {case.id} is closed; reopen it before anything is entered.")
    return case


def _item(registry: Registry, reference: str, kind: type[Any]) -> Item:
    item = registry.item(reference)
    wanted = _KIND_OF[kind]
    if item.kind != wanted:
        raise UsageError(f"{item.id} is of the kind '{item.kind}'; give the id of a '{wanted}'.")
    return item
