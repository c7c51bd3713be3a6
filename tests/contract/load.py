"""Concurrent requests, each client on its own keep-alive connection."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from contender import Service


def send_together(service: Service, workload: str, clients: int, each: int, label: str = "") -> dict[str, int | None]:
    """Status by request id; none where the connection broke before an answer."""
    together = threading.Barrier(clients)

    def one(number: int) -> dict[str, int | None]:
        seen: dict[str, int | None] = {}
        with service.client() as client:
            together.wait()
            for turn in range(each):
                request_id = f"{label}{number}-{turn}"
                try:
                    answer = client.post(workload, {"request_id": request_id})
                    seen[request_id] = answer.status
                    assert answer.status != 200 or answer.json["request_id"] == request_id
                except (OSError, HTTPException):
                    seen[request_id] = None
                    client.connection.close()
        return seen

    with ThreadPoolExecutor(clients) as pool:
        return {key: status for part in pool.map(one, range(clients)) for key, status in part.items()}


def rows_by_id(service: Service) -> dict[str, int]:
    return dict(service.store.sql("SELECT request_id, count(*) FROM users GROUP BY request_id"))
