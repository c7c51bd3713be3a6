"""List and create users, products and orders."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from .models import Order, OrderItem, Product, User
from .validation import EMAIL, MAX_ID, NAME, Conflict, Invalid, Slice, array, integer, json_object, text
from .views import JsonView, answer


def utc_text(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stored(row: Model, *names: str) -> dict[str, object]:
    times = {name: utc_text(getattr(row, name)) for name in ("created_at", "updated_at")}
    return {name: getattr(row, name) for name in ("id", *names)} | times


class Collection(JsonView):
    """GET lists in the order of creation, POST creates one and answers 201 with it."""

    rows: QuerySet

    def show(self, row: Model) -> dict[str, object]:
        raise NotImplementedError

    def create(self, fields: dict[str, object]) -> Model:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        slice = Slice.of(request)
        rows = self.rows.order_by("id")[slice.offset : slice.offset + slice.limit]
        items = [self.show(row) for row in rows]
        return answer({"items": items, "limit": slice.limit, "offset": slice.offset})

    def post(self, request: HttpRequest) -> HttpResponse:
        return answer(self.show(self.create(json_object(request))), 201)


class Users(Collection):
    rows = User.objects.all()

    def show(self, row: User) -> dict[str, object]:
        return stored(row, "name", "email", "age")

    def create(self, fields: dict[str, object]) -> User:
        name = text(fields, "name", 100, NAME)
        email = text(fields, "email", 254, EMAIL)
        age = integer(fields, "age", 0, 150)
        try:
            return User.objects.create(name=name, email=email, age=age)
        except IntegrityError:
            raise Conflict("email is taken") from None


class Products(Collection):
    rows = Product.objects.all()

    def show(self, row: Product) -> dict[str, object]:
        return stored(row, "name", "price_cents")

    def create(self, fields: dict[str, object]) -> Product:
        name = text(fields, "name", 100, NAME)
        price_cents = integer(fields, "price_cents", 0, 1_000_000_000)
        return Product.objects.create(name=name, price_cents=price_cents)


class Orders(Collection):
    rows = Order.objects.prefetch_related("items")

    def show(self, row: Order) -> dict[str, object]:
        items = sorted(row.items.all(), key=lambda item: item.id)
        names = ("product_id", "quantity", "unit_price_cents")
        shown = [{name: getattr(item, name) for name in names} for item in items]
        return stored(row, "user_id", "total_cents") | {"items": shown}

    def create(self, fields: dict[str, object]) -> Order:
        user_id = integer(fields, "user_id", 1, MAX_ID)
        wanted = [
            (integer(item, "product_id", 1, MAX_ID), integer(item, "quantity", 1, 1000))
            for item in array(fields, "items", 50)
        ]
        with transaction.atomic():
            if not User.objects.filter(id=user_id).exists():
                raise Invalid("user_id: no such user")
            ids = {product_id for product_id, _ in wanted}
            prices = dict(Product.objects.filter(id__in=ids).values_list("id", "price_cents"))
            if prices.keys() != ids:
                raise Invalid("items: no such product")
            total = sum(prices[product_id] * quantity for product_id, quantity in wanted)
            order = Order.objects.create(user_id=user_id, total_cents=total)
            OrderItem.objects.bulk_create(
                OrderItem(
                    order=order, product_id=product_id, quantity=quantity, unit_price_cents=prices[product_id]
                )
                for product_id, quantity in wanted
            )
        return order
