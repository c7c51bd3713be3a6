"""What requests must look like, and what responses do. Types are strict: "20" is not a number."""

import re
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

# Printable ASCII without quote and backslash, so that an id stands in JSON as it is.
RequestId = Annotated[str, Field(strict=True, max_length=64, pattern=r"^[!#-\[\]-~]+$")]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Email = Annotated[str, Field(strict=True, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
Age = Annotated[int, Field(strict=True, ge=0, le=150)]
Cents = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Id = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=1000)]


def utc_text(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Timestamp = Annotated[datetime, PlainSerializer(utc_text, return_type=str)]


def plain_number(value: object) -> object:
    """Digits only: pydantic alone would also take "5.0", " 5" and "+5"."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError("must be a number")
    return value


Limit = Annotated[int, BeforeValidator(plain_number), Query(ge=1, le=100)]
Offset = Annotated[int, BeforeValidator(plain_number), Query(ge=0)]


class WorkloadRequest(BaseModel):
    request_id: RequestId


class WorkloadResult(BaseModel):
    request_id: str
    file_operations: int
    db_operations: int
    created: int
    updated: int
    deleted: int
    execution_time: float


class Status(BaseModel):
    status: str = "ok"


class NewUser(BaseModel):
    name: Name
    email: Email
    age: Age


class NewProduct(BaseModel):
    name: Name
    price_cents: Cents


class NewOrderItem(BaseModel):
    product_id: Id
    quantity: Quantity


class NewOrder(BaseModel):
    user_id: Id
    items: Annotated[list[NewOrderItem], Field(strict=True, min_length=1, max_length=50)]


class Stored(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class User(Stored):
    id: int
    name: str
    email: str
    age: int
    created_at: Timestamp
    updated_at: Timestamp


class Product(Stored):
    id: int
    name: str
    price_cents: int
    created_at: Timestamp
    updated_at: Timestamp


class OrderItem(Stored):
    product_id: int
    quantity: int
    unit_price_cents: int


class Order(Stored):
    id: int
    user_id: int
    total_cents: int
    created_at: Timestamp
    updated_at: Timestamp
    items: list[OrderItem]


Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    limit: int
    offset: int
