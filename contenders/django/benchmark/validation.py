"""What requests must look like. Types are strict: "20" is not a number, true is not 1."""

import json
import re
from dataclasses import dataclass

from django.http import HttpRequest


class Invalid(Exception):
    """The request cannot be served as it is: 422."""


class Conflict(Exception):
    """The request contradicts what is stored: 409."""


# Printable ASCII without quote and backslash, so that an id stands in JSON as it is.
REQUEST_ID = re.compile(r"[!#-\[\]-~]+")
NAME = re.compile(r"[^\x00\ud800-\udfff]+")  # neither NUL nor half a surrogate pair fits a text column
EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+")
MAX_ID = 2**63 - 1


def json_object(request: HttpRequest) -> dict[str, object]:
    _, _, subtype = request.content_type.partition("/")
    if subtype != "json" and not subtype.endswith("+json"):
        raise Invalid("body: Content-Type must be application/json")
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid("body: is not valid JSON") from error
    if not isinstance(value, dict):
        raise Invalid("body: must be an object")
    return value


def text(fields: dict[str, object], key: str, longest: int, pattern: re.Pattern[str]) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or len(value) > longest or not pattern.fullmatch(value):
        raise Invalid(f"body.{key}: must be a string of 1 to {longest} allowed characters")
    return value


def integer(fields: dict[str, object], key: str, lowest: int, highest: int) -> int:
    value = fields.get(key)
    if type(value) is not int or not lowest <= value <= highest:
        raise Invalid(f"body.{key}: must be an integer from {lowest} to {highest}")
    return value


def array(fields: dict[str, object], key: str, longest: int) -> list[dict[str, object]]:
    value = fields.get(key)
    if not isinstance(value, list) or not 1 <= len(value) <= longest:
        raise Invalid(f"body.{key}: must be an array of 1 to {longest} objects")
    if not all(isinstance(item, dict) for item in value):
        raise Invalid(f"body.{key}: must hold objects")
    return value


def request_id(request: HttpRequest) -> str:
    return text(json_object(request), "request_id", 64, REQUEST_ID)


@dataclass(frozen=True)
class Slice:
    limit: int
    offset: int

    @classmethod
    def of(cls, request: HttpRequest) -> "Slice":
        return cls(_parameter(request, "limit", 20, 1, 100), _parameter(request, "offset", 0, 0, 999_999_999))


def _parameter(request: HttpRequest, key: str, default: int, lowest: int, highest: int) -> int:
    value = request.GET.get(key)
    if value is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
        raise Invalid(f"query.{key}: must be a number from {lowest} to {highest}")
    return int(value)
