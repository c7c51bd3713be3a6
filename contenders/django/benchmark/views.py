"""How requests are answered: always JSON, errors as {"error": "..."}; health and reset."""

from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views import View

from .validation import Conflict, Invalid


def answer(value: object, status: int = 200) -> JsonResponse:
    return JsonResponse(
        value, status=status, json_dumps_params={"separators": (",", ":"), "ensure_ascii": False}
    )


def error(status: int, message: str) -> JsonResponse:
    return answer({"error": message}, status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error(404, "Not Found")


def server_error(request: HttpRequest) -> HttpResponse:
    return error(500, "internal error")


class JsonView(View):
    # Django would otherwise answer HEAD and OPTIONS by itself.
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Invalid as invalid:
            return error(422, str(invalid))
        except Conflict as conflict:
            return error(409, str(conflict))

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        refusal = error(405, "Method Not Allowed")
        refusal["Allow"] = HttpResponseNotAllowed(self._allowed_methods())["Allow"]
        return refusal


class Health(JsonView):
    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM users LIMIT 1")
        except Error:
            return error(503, "database does not answer")
        return answer({"status": "ok"})


class Reset(JsonView):
    def post(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor == "sqlite":
            statements = [f"DELETE FROM {table}" for table in ("order_items", "orders", "products", "users")]
            statements.append("DELETE FROM sqlite_sequence")
        else:
            statements = ["TRUNCATE users, products, orders, order_items RESTART IDENTITY"]
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        return answer({"status": "ok"})
