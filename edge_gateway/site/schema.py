"""The JSON Schema of the site file, for editors and for those who make site files by program."""

from __future__ import annotations

from typing import Any

from edge_gateway.site import programs
from edge_gateway.site.model import Site

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Schema of the site file, with the programs that are known and the parameters of each."""
    schema = Site.model_json_schema()
    board = schema["$defs"]["Board"]
    board["properties"]["program"]["enum"] = programs.known()
    board["allOf"] = [
        {
            "if": {"properties": {"program": {"const": name}}},
            "then": {
                "properties": {
                    "parameters": {
                        "properties": {param.name: _parameter(param) for param in programs.parameters(name).values()},
                        "additionalProperties": False,
                    }
                }
            },
        }
        for name in programs.known()
    ]
    board["properties"]["parameters"]["additionalProperties"] = {"type": ["integer", "string"]}
    return {"$schema": DIALECT, "title": "District Edge site file", **{k: v for k, v in schema.items() if k != "title"}}


def _parameter(param: Any) -> dict[str, Any]:
    unit = f" ({param.unit})" if param.unit else ""
    number: dict[str, Any] = {"type": "integer", "minimum": param.lo, "maximum": param.hi}
    kinds = {"anyOf": [number, {"enum": list(param.enum)}]} if param.enum else number
    return {**kinds, "default": param.default, "description": f"{param.meaning}{unit}"}
