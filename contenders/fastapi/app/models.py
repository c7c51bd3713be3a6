"""The tables of schema/*.sql as Tortoise models."""

from tortoise import fields
from tortoise.models import Model


class User(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    email = fields.CharField(max_length=254, unique=True)
    age = fields.IntField()
    request_id = fields.CharField(max_length=64, null=True)
    ordinal = fields.IntField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "users"
        indexes = [("request_id", "ordinal")]


class Product(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    price_cents = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "products"


class Order(Model):
    id = fields.BigIntField(primary_key=True)
    user = fields.ForeignKeyField("models.User", related_name="orders", on_delete=fields.CASCADE)
    total_cents = fields.BigIntField()
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "orders"


class OrderItem(Model):
    id = fields.BigIntField(primary_key=True)
    order = fields.ForeignKeyField("models.Order", related_name="items", on_delete=fields.CASCADE)
    product = fields.ForeignKeyField("models.Product", related_name="items", on_delete=fields.CASCADE)
    quantity = fields.IntField()
    unit_price_cents = fields.IntField()

    class Meta:
        table = "order_items"
