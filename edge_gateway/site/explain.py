"""pydantic's errors as problems with a place, the offending text and what would be right."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from edge_gateway.site import model
from edge_gateway.site.document import Document, Path
from edge_gateway.site.problems import Problem, did_you_mean

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}


def explain(error: ValidationError, document: Document) -> list[Problem]:
    """One problem for each of pydantic's errors."""
    return [_problem(detail, document) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    kind = detail["type"]
    path, below = _follow(detail["loc"], document)
    context = detail.get("ctx", {})
    if kind == "missing":
        name = str(below[-1] if below else path[-1])
        return Problem(document.at(path), f"`{name}` is missing{_inside(path)}", "", _purpose(path, name))
    if kind == "extra_forbidden":
        key = str(path[-1])
        fields = sorted(_fields(path[:-1], document))
        return Problem(document.at_key(path), f"unknown key{_inside(path[:-1])}", key, did_you_mean(key, fields))
    if kind == "union_tag_invalid" and (*path, "type") in document.values:
        path = (*path, "type")
    what, right = _words(kind, detail, context)
    if "secret" in what:
        return Problem(document.at(path), f"{_name(path)}: {what}")  # it must not appear on a screen either
    return Problem(document.at(path), f"{_name(path)}: {what}", document.text(path) or _short(detail["input"]), right)


def _words(kind: str, detail: ErrorDetails, context: dict[str, Any]) -> tuple[str, str]:
    if kind in _WANTED:
        right = "a value is missing here" if detail["input"] is None else ""
        if kind in ("int_type", "float_type") and _is_number(detail["input"]):
            right = "write it without quotes"
        return f"must be {_WANTED[kind]}", right
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        sign, limit = next(
            (sign, context[key])
            for key, sign in (("ge", ">="), ("le", "<="), ("gt", ">"), ("lt", "<"))
            if key in context
        )
        return "out of range", f"must be {sign} {limit}"
    if kind == "literal_error":
        return "not one of the choices", f"choose {context['expected']}"
    if kind == "union_tag_invalid":
        return "unknown type", f"choose {context['expected_tags']}"
    if kind == "union_tag_not_found":
        return "`type` is missing", "say `type: serial` or `type: tcp`"
    if kind == "string_pattern_mismatch":
        if context["pattern"].startswith("^[A-Za-z]"):
            return "no proper id", "a letter, then letters, digits, `-` or `_`; 32 at most"
        return "not in the form that is needed", f"must match {context['pattern']}"
    if kind in ("string_too_short", "too_short"):
        return "must not be empty", ""
    if kind == "value_error":
        return str(context["error"]), ""
    return detail["msg"], ""


def _follow(loc: tuple[int | str, ...], document: Document) -> tuple[Path, Path]:
    """The part of an error's location that is in the document, and the rest.

    pydantic puts the tag of a union into its locations (`lines, 0, serial, port`): what isn't in the document and is
    followed by more is such a tag.
    """
    path: Path = ()
    rest: Path = ()
    for step in loc:
        below = (*path, step)
        if below in document.values and not rest:
            path = below
        elif step in ("serial", "tcp"):
            continue
        else:
            rest = (*rest, step)
    return path, rest


def _fields(path: Path, document: Document) -> list[str]:
    """Keys that the model knows at a place of the document."""
    here: Any = model.Site
    data: Any = document.data
    for step in path:
        data = data[step]
        if isinstance(step, int):
            here = get_args(here)[0]
        else:
            found = _pick(here, None)
            here = found.model_fields[step].annotation if found and step in found.model_fields else None
        if isinstance(data, dict):
            here = _pick(here, data.get("type"))
    return list(here.model_fields) if _is_model(here) else []


def _pick(annotation: Any, tag: str | None) -> Any:
    """The model behind an annotation: of an optional, or of the union of line types by its tag."""
    if _is_model(annotation):
        return annotation
    models = [found for found in (_pick(arg, tag) for arg in get_args(annotation)) if found is not None]
    for found in models:
        if tag is not None and "type" in found.model_fields and tag in get_args(found.model_fields["type"].annotation):
            return found
    return models[0] if models else None


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _purpose(path: Path, name: str) -> str:
    if path and path[-1] == "site" and name == "id":
        return "a short name for topics, as in `id: qicai`"
    return f"add `{name}: ...`"


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdigit()


def _name(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the file"


def _inside(path: Path) -> str:
    return f" in {_name(path)}" if path else ""


def _short(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        return ""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
