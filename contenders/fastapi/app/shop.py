"""List and create users, products and orders."""

from fastapi import APIRouter, HTTPException
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from . import models, schemas
from .schemas import Limit, NewOrder, NewProduct, NewUser, Offset, Page

router = APIRouter()


@router.get("/users")
async def list_users(limit: Limit = 20, offset: Offset = 0) -> Page[schemas.User]:
    rows = await models.User.all().order_by("id").limit(limit).offset(offset)
    return Page(items=[schemas.User.model_validate(row) for row in rows], limit=limit, offset=offset)


@router.post("/users", status_code=201)
async def create_user(body: NewUser) -> schemas.User:
    try:
        user = await models.User.create(**body.model_dump())
    except IntegrityError:
        raise HTTPException(409, "email is taken") from None
    return schemas.User.model_validate(user)


@router.get("/products")
async def list_products(limit: Limit = 20, offset: Offset = 0) -> Page[schemas.Product]:
    rows = await models.Product.all().order_by("id").limit(limit).offset(offset)
    return Page(items=[schemas.Product.model_validate(row) for row in rows], limit=limit, offset=offset)


@router.post("/products", status_code=201)
async def create_product(body: NewProduct) -> schemas.Product:
    return schemas.Product.model_validate(await models.Product.create(**body.model_dump()))


def order_out(order: models.Order, items: list[models.OrderItem]) -> schemas.Order:
    return schemas.Order(
        id=order.id,
        user_id=order.user_id,
        total_cents=order.total_cents,
        created_at=order.created_at,
        updated_at=order.updated_at,
        items=[schemas.OrderItem.model_validate(item) for item in items],
    )


@router.get("/orders")
async def list_orders(limit: Limit = 20, offset: Offset = 0) -> Page[schemas.Order]:
    rows = await models.Order.all().order_by("id").limit(limit).offset(offset).prefetch_related("items")
    orders = [order_out(row, sorted(row.items, key=lambda item: item.id)) for row in rows]
    return Page(items=orders, limit=limit, offset=offset)


@router.post("/orders", status_code=201)
async def create_order(body: NewOrder) -> schemas.Order:
    wanted = {item.product_id for item in body.items}
    async with in_transaction():
        if not await models.User.filter(id=body.user_id).exists():
            raise HTTPException(422, "user_id: no such user")
        prices = dict(await models.Product.filter(id__in=wanted).values_list("id", "price_cents"))
        if prices.keys() != wanted:
            raise HTTPException(422, "items: no such product")
        order = await models.Order.create(
            user_id=body.user_id,
            total_cents=sum(prices[item.product_id] * item.quantity for item in body.items),
        )
        items = [
            models.OrderItem(order_id=order.id, unit_price_cents=prices[item.product_id], **item.model_dump())
            for item in body.items
        ]
        await models.OrderItem.bulk_create(items)
    return order_out(order, items)
