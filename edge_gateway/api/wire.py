"""Messages of the local API.

A request is `{"id": 1, "method": "status", "params": {...}}` in one line; the answer has the same id and `result`
or `error` (`{"code", "message"}`). After `subscribe` the server also sends lines with `stream` and `data` and no id.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

API_VERSION = 1
MAX_REQUEST = 64 * 1024
"""Longest request line in bytes."""


class Code(StrEnum):
    """Why a request failed."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_METHOD = "unknown_method"
    BAD_PARAMS = "bad_params"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    INTERNAL = "internal"


class ApiError(Exception):
    """A request can't be answered; reaches the client as `error`."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code

    def as_dict(self) -> dict[str, str]:
        """The `error` member."""
        return {"code": str(self.code), "message": str(self)}


def encode(message: dict[str, Any]) -> bytes:
    """One line."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode_request(line: bytes) -> tuple[Any, str, dict[str, Any]]:
    """id, method, params. Raises ApiError."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ApiError(Code.BAD_REQUEST, f"this is no JSON: {error}") from None
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        raise ApiError(Code.BAD_REQUEST, "a request is an object with `id`, `method` and `params`")
    params = message.get("params", {})
    if not isinstance(params, dict):
        raise ApiError(Code.BAD_REQUEST, "`params` must be an object")
    return message.get("id"), message["method"], params
