"""Routes, in Django's own manner: with a trailing slash, below /api/."""

from benchmark import shop, views, workload
from django.urls import path

urlpatterns = [
    path("api/health/", views.Health.as_view()),
    path("api/benchmark/io_intensive/", workload.IoIntensive.as_view()),
    path("api/benchmark/io_intensive_rows/", workload.IoIntensiveRows.as_view()),
    path("api/benchmark/reset/", views.Reset.as_view()),
    path("api/users/", shop.Users.as_view()),
    path("api/products/", shop.Products.as_view()),
    path("api/orders/", shop.Orders.as_view()),
]

handler404 = "benchmark.views.not_found"
handler500 = "benchmark.views.server_error"
