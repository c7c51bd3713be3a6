"""The I/O-intensive request: five files, then ten users in one transaction, in two idioms."""

import json
import time
import uuid

import aiofiles
import aiofiles.os
from fastapi import APIRouter
from tortoise import timezone
from tortoise.transactions import in_transaction

from . import settings
from .errors import WorkIncomplete
from .models import User
from .schemas import WorkloadRequest, WorkloadResult

FILES = 5
USERS = 10
KEPT = 5  # ordinals 0–4 are updated and stay, 5–9 are deleted
UPDATED_AGE = 99

router = APIRouter()


async def work_with_file(request_id: str, index: int) -> None:
    """Writes, reads, compares and removes one file; it is removed on a failure too."""
    path = settings.SCRATCH / f"{uuid.uuid4().hex}.json"
    document = {"request_id": request_id, "index": index, "timestamp": time.time(), "data": "x" * 1000}
    try:
        async with aiofiles.open(path, "x", encoding="utf-8") as file:
            await file.write(json.dumps(document))
        async with aiofiles.open(path, encoding="utf-8") as file:
            read = json.loads(await file.read())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    await aiofiles.os.remove(path)
    if read != document:
        raise WorkIncomplete(f"file {index} reads differently from what was written")


async def work_with_files(request_id: str) -> int:
    for index in range(FILES):
        await work_with_file(request_id, index)
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


@router.post("/io-intensive")
async def io_intensive(body: WorkloadRequest) -> WorkloadResult:
    started = time.perf_counter()
    files = await work_with_files(body.request_id)
    async with in_transaction():
        users = [new_user(body.request_id, ordinal) for ordinal in range(USERS)]
        await User.bulk_create(users)  # tells neither ids nor a count; the two counts below cover it
        mine = User.filter(request_id=body.request_id)
        updated = await mine.filter(ordinal__lt=KEPT).update(age=UPDATED_AGE, updated_at=timezone.now())
        deleted = await mine.filter(ordinal__gte=KEPT).delete()
        check_counts(len(users), updated, deleted)
    return WorkloadResult(
        request_id=body.request_id,
        file_operations=files,
        db_operations=3,
        created=len(users),
        updated=updated,
        deleted=deleted,
        execution_time=time.perf_counter() - started,
    )


@router.post("/io-intensive-rows")
async def io_intensive_rows(body: WorkloadRequest) -> WorkloadResult:
    started = time.perf_counter()
    files = await work_with_files(body.request_id)
    updated = deleted = 0
    async with in_transaction():
        users = []
        for ordinal in range(USERS):
            user = new_user(body.request_id, ordinal)
            await user.save()
            users.append(user)
        for user in users[:KEPT]:
            user.age = UPDATED_AGE
            await user.save()
            updated += 1
        for user in users[KEPT:]:
            await user.delete()
            deleted += 1
        check_counts(len(users), updated, deleted)
    return WorkloadResult(
        request_id=body.request_id,
        file_operations=files,
        db_operations=3,
        created=len(users),
        updated=updated,
        deleted=deleted,
        execution_time=time.perf_counter() - started,
    )
