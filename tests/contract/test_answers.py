"""The same request gets the same status and the same body from every contender."""

import json
import re

import pytest
from client import Answer, Client
from contender import Service

JSON = {"Content-Type": "application/json"}
USER = {"name": "Ada", "email": "ada@example.com", "age": 36}
PRODUCT = {"name": "Tea", "price_cents": 250}
WORKLOADS = ("io-intensive", "io-intensive-rows")
TIME = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"'


def refused(answer: Answer, status: int, request: object = None) -> None:
    """Errors have one shape, whatever the reason."""
    assert answer.status == status, (answer, request)
    assert answer.content_type.split(";")[0] == "application/json"
    assert list(answer.json) == ["error"]
    assert isinstance(answer.json["error"], str) and answer.json["error"]


def test_health_answers_ok(client: Client) -> None:
    answer = client.get("health")
    assert (answer.status, answer.content_type, answer.body) == (200, "application/json", b'{"status":"ok"}')


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_answers_in_a_fixed_form(service: Service, client: Client, workload: str) -> None:
    answer = client.post(workload, {"request_id": "r-1"})
    assert (answer.status, answer.content_type) == (200, "application/json")
    form = (
        rb'\{"request_id":"r-1","file_operations":5,"db_operations":3,"created":10,"updated":5,"deleted":5,'
        rb'"execution_time":0\.\d+(e-\d+)?\}'
    )
    assert re.fullmatch(form, answer.body)


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("request_id", ["x", "x" * 64, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", "00000000-ffff"])
def test_a_printable_id_is_taken_and_given_back(service: Service, client: Client, workload: str, request_id: str) -> None:
    answer = client.post(workload, {"request_id": request_id, "other": 1})
    assert answer.status == 200
    assert answer.json["request_id"] == request_id


BAD_WORKLOADS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b"{}",
    b"[" * 100_000,
    b'{"request_id": ""}',
    b'{"request_id": null}',
    b'{"request_id": 1}',
    b'{"request_id": true}',
    b'{"request_id": ["a"]}',
    b'{"request_id": "with space"}',
    b'{"request_id": "a\\u0000"}',
    b'{"request_id": "a\\n"}',
    b'{"request_id": "\\ud800"}',
    b'{"request_id": "\xc3\xa4"}',
    json.dumps({"request_id": "x" * 65}).encode(),
    json.dumps({"request_id": "x" * 3_000_000}).encode(),
]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_an_invalid_workload_request_is_refused_and_does_nothing(
    service: Service, client: Client, workload: str
) -> None:
    for body in BAD_WORKLOADS:
        refused(client.send("POST", workload, body, JSON), 422, body)
    assert service.store.sql("SELECT count(*) FROM users") == [(0,)]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_declared_as_json_is_refused(client: Client, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    refused(client.send("POST", "io-intensive", b'{"request_id": "a"}', headers), 422)
    refused(client.send("POST", "users", json.dumps(USER).encode(), headers), 422)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/x+json"])
def test_a_body_may_be_declared_as_any_json(service: Service, client: Client, content_type: str) -> None:
    answer = client.send("POST", "io-intensive", b'{"request_id": "a"}', {"Content-Type": content_type})
    assert answer.status == 200


ROUTES = ("health", *WORKLOADS, "users", "products", "orders", "reset")
ALLOWED = {"health": "GET", "reset": "POST", **dict.fromkeys(WORKLOADS, "POST")}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_wrong_method_is_refused(client: Client, method: str) -> None:
    for route in ROUTES:
        answer = client.send(method, route)
        refused(answer, 405, route)
        assert answer.allow


def test_get_and_post_are_told_apart(client: Client) -> None:
    for route, allowed in ALLOWED.items():
        answer = client.send("POST" if allowed == "GET" else "GET", route)
        refused(answer, 405, route)
        assert answer.allow == allowed


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_route_is_not_found(client: Client, method: str) -> None:
    for path in ("/", "/nowhere", "/nowhere/", "/health/health", "//"):
        refused(client.send(method, path), 404, path)


@pytest.mark.parametrize("key", ["health", "io-intensive", "users"])
def test_a_route_is_not_redirected_to(service: Service, client: Client, key: str) -> None:
    path = service.routes[key]
    refused(client.send("POST", path.rstrip("/") if path.endswith("/") else path + "/", b"{}", JSON), 404)


def test_a_user_is_created_and_listed(service: Service, client: Client) -> None:
    made = client.post("users", USER)
    assert made.status == 201
    form = rf'{{"id":1,"name":"Ada","email":"ada@example.com","age":36,"created_at":{TIME},"updated_at":{TIME}}}'
    assert re.fullmatch(form, made.body.decode())
    listed = client.get("users")
    assert (listed.status, listed.content_type) == (200, "application/json")
    assert listed.body == b'{"items":[' + made.body + b'],"limit":20,"offset":0}'


def test_a_product_is_created_and_listed(service: Service, client: Client) -> None:
    made = client.post("products", {"name": "Tee und Käse 茶", "price_cents": 250})
    assert made.status == 201
    form = rf'{{"id":1,"name":"Tee und Käse 茶","price_cents":250,"created_at":{TIME},"updated_at":{TIME}}}'
    assert re.fullmatch(form, made.body.decode())
    assert client.get("products").body == b'{"items":[' + made.body + b'],"limit":20,"offset":0}'


def test_an_order_is_created_with_its_items_and_listed(service: Service, client: Client) -> None:
    client.post("users", USER)
    client.post("products", PRODUCT)
    client.post("products", {"name": "Cup", "price_cents": 1_000_000_000})
    wanted = [{"product_id": 2, "quantity": 1000}, {"product_id": 1, "quantity": 3}, {"product_id": 1, "quantity": 1}]
    made = client.post("orders", {"user_id": 1, "items": wanted})
    assert made.status == 201
    form = (
        rf'{{"id":1,"user_id":1,"total_cents":1000000001000,"created_at":{TIME},"updated_at":{TIME},"items":\['
        r'{"product_id":2,"quantity":1000,"unit_price_cents":1000000000},'
        r'{"product_id":1,"quantity":3,"unit_price_cents":250},{"product_id":1,"quantity":1,"unit_price_cents":250}\]}'
    )
    assert re.fullmatch(form, made.body.decode())
    assert client.get("orders").body == b'{"items":[' + made.body + b'],"limit":20,"offset":0}'


def test_lists_are_cut_in_the_order_of_creation(service: Service, client: Client) -> None:
    for index in range(25):
        client.post("users", USER | {"email": f"{index}@example.com"})
    assert [user["id"] for user in client.get("users").json["items"]] == list(range(1, 21))
    page = client.get("users?limit=3&offset=21").json
    assert [user["id"] for user in page["items"]] == [22, 23, 24]
    assert (page["limit"], page["offset"]) == (3, 21)
    assert client.get("users?offset=999999999").json["items"] == []
    assert len(client.get("users?limit=100").json["items"]) == 25


BAD_SLICES = [
    *("limit=" + limit for limit in ("0", "101", "-1", "a", "", "5.0", "%205", "1_0", "%D9%A1")),
    *("offset=" + offset for offset in ("-1", "a", "", "1000000000", "1e3")),
]


@pytest.mark.parametrize("route", ["users", "products", "orders"])
def test_an_invalid_slice_is_refused(client: Client, route: str) -> None:
    for query in BAD_SLICES:
        refused(client.get(f"{route}?{query}"), 422, query)


BAD_USERS = [
    {key: value for key, value in USER.items() if key != "name"},
    {key: value for key, value in USER.items() if key != "email"},
    {key: value for key, value in USER.items() if key != "age"},
    *(USER | {"name": name} for name in ("", "x" * 101, 1, None, "a\0b", "\ud800")),
    *(USER | {"email": email} for email in ("", "x", "@", "a@", "@b", "a@b@c", "a b@c", "ä@b.c", "a@b\n", 1, None)),
    USER | {"email": "x" * 250 + "@b.cd"},
    *(USER | {"age": age} for age in (-1, 151, "36", 36.0, 36.5, True, None, 2**70)),
    [],
    [USER],
]


def test_an_invalid_user_is_refused(service: Service, client: Client) -> None:
    for body in BAD_USERS:
        refused(client.post("users", body), 422, body)
    assert service.store.sql("SELECT count(*) FROM users") == [(0,)]


def test_limits_of_a_user_are_inclusive(service: Service, client: Client) -> None:
    for index, user in enumerate([USER | {"age": 0}, USER | {"age": 150}, USER | {"name": "茶" * 100}]):
        assert client.post("users", user | {"email": f"{index}@b"}).status == 201
    assert client.post("users", USER | {"email": "x" * 252 + "@b"}).status == 201


def test_an_email_is_unique(service: Service, client: Client) -> None:
    assert client.post("users", USER).status == 201
    refused(client.post("users", USER | {"name": "Other"}), 409)
    assert client.post("users", USER | {"email": "ADA@example.com"}).status == 201
    assert service.store.sql("SELECT count(*) FROM users") == [(2,)]


BAD_PRODUCTS = [
    {},
    {"name": "Tea"},
    {"price_cents": 1},
    PRODUCT | {"name": ""},
    *(PRODUCT | {"price_cents": price} for price in (-1, 1_000_000_001, "1", 1.0, True, None)),
]


def test_an_invalid_product_is_refused(service: Service, client: Client) -> None:
    for body in BAD_PRODUCTS:
        refused(client.post("products", body), 422, body)
    assert service.store.sql("SELECT count(*) FROM products") == [(0,)]


ITEM = {"product_id": 1, "quantity": 1}


BAD_ORDERS = [
    {},
    {"user_id": 1},
    {"items": [ITEM]},
    *({"user_id": 1, "items": items} for items in ([], None, {}, ITEM, [1], [None], [[]], [ITEM] * 51)),
    *({"user_id": user, "items": [ITEM]} for user in (2, 0, -1, "1", True, 1.0, 2**63 - 1, 2**63)),
    *({"user_id": 1, "items": [ITEM | {"product_id": id}]} for id in (2, 0, "1", None, 2**63 - 1, 2**63)),
    *({"user_id": 1, "items": [ITEM | {"quantity": count}]} for count in (0, 1001, -1, "1", 1.5, True)),
    {"user_id": 1, "items": [ITEM, {"product_id": 2, "quantity": 1}]},
]


def test_an_invalid_order_is_refused_and_leaves_nothing(service: Service, client: Client) -> None:
    client.post("users", USER)
    client.post("products", PRODUCT)
    for body in BAD_ORDERS:
        refused(client.post("orders", body), 422, body)
    assert service.store.sql("SELECT count(*) FROM orders") == [(0,)]
    assert service.store.sql("SELECT count(*) FROM order_items") == [(0,)]


def test_fifty_items_make_an_order(service: Service, client: Client) -> None:
    client.post("users", USER)
    client.post("products", PRODUCT)
    assert client.post("orders", {"user_id": 1, "items": [ITEM] * 50}).status == 201


def test_reset_empties_every_table_and_starts_ids_anew(service: Service, client: Client) -> None:
    client.post("users", USER)
    client.post("products", PRODUCT)
    client.post("orders", {"user_id": 1, "items": [ITEM]})
    answer = client.post("reset", {})
    assert (answer.status, answer.body) == (200, b'{"status":"ok"}')
    for table in ("users", "products", "orders", "order_items"):
        assert service.store.sql(f"SELECT count(*) FROM {table}") == [(0,)]
    assert client.post("users", USER).json["id"] == 1
