"""The I/O-intensive request: five files, then ten users in one transaction, in two idioms."""

import json
import os
import time
import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import User
from .validation import request_id
from .views import JsonView, answer

FILES = 5
USERS = 10
KEPT = 5  # ordinals 0–4 are updated and stay, 5–9 are deleted
UPDATED_AGE = 99


class WorkIncomplete(Exception):
    """The database or the file system did not do what the contract asks for: 500."""


def work_with_file(request_id: str, index: int) -> None:
    """Writes, reads, compares and removes one file; it is removed on a failure too."""
    path = settings.SCRATCH / f"{uuid.uuid4().hex}.json"
    document = {"request_id": request_id, "index": index, "timestamp": time.time(), "data": "x" * 1000}
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(json.dumps(document))
        with open(path, encoding="utf-8") as file:
            read = json.loads(file.read())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    os.remove(path)
    if read != document:
        raise WorkIncomplete(f"file {index} reads differently from what was written")


def work_with_files(request_id: str) -> int:
    for index in range(FILES):
        work_with_file(request_id, index)
    return FILES


def new_user(request_id: str, ordinal: int) -> User:
    return User(
        name=f"User {ordinal}",
        email=f"{time.time_ns() // 1000}-{uuid.uuid4().hex}@example.com",
        age=20 + ordinal,
        request_id=request_id,
        ordinal=ordinal,
    )


def check_counts(created: int, updated: int, deleted: int) -> None:
    if (created, updated, deleted) != (USERS, KEPT, USERS - KEPT):
        raise WorkIncomplete(f"created {created}, updated {updated}, deleted {deleted} users")


class Workload(JsonView):
    def post(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        id = request_id(request)
        files = work_with_files(id)
        with transaction.atomic():
            created, updated, deleted = self.work_with_users(id)
            check_counts(created, updated, deleted)
        return answer(
            {
                "request_id": id,
                "file_operations": files,
                "db_operations": 3,
                "created": created,
                "updated": updated,
                "deleted": deleted,
                "execution_time": time.perf_counter() - started,
            }
        )

    def work_with_users(self, id: str) -> tuple[int, int, int]:
        raise NotImplementedError


class IoIntensive(Workload):
    def work_with_users(self, id: str) -> tuple[int, int, int]:
        created = User.objects.bulk_create([new_user(id, ordinal) for ordinal in range(USERS)])
        mine = User.objects.filter(request_id=id)
        updated = mine.filter(ordinal__lt=KEPT).update(age=UPDATED_AGE, updated_at=timezone.now())
        # Cascades are Django's own work: it reads the users and looks for their orders before deleting.
        _, by_model = mine.filter(ordinal__gte=KEPT).delete()
        return len(created), updated, by_model.get(User._meta.label, 0)


class IoIntensiveRows(Workload):
    def work_with_users(self, id: str) -> tuple[int, int, int]:
        users = []
        updated = deleted = 0
        for ordinal in range(USERS):
            user = new_user(id, ordinal)
            user.save()
            users.append(user)
        for user in users[:KEPT]:
            user.age = UPDATED_AGE
            user.save()
            updated += 1
        for user in users[KEPT:]:
            _, by_model = user.delete()
            deleted += by_model.get(User._meta.label, 0)
        return len(users), updated, deleted
