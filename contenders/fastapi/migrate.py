"""Makes the tables that are missing; changes none that exists."""

from pathlib import Path

from app import database
from tortoise import Tortoise, connections, run_async


async def migrate() -> None:
    await Tortoise.init(config=database.config())
    engine = "sqlite" if database.is_sqlite() else "postgres"
    script = Path(__file__).with_name("schema") / f"{engine}.sql"
    await connections.get("default").execute_script(script.read_text(encoding="utf-8"))


run_async(migrate())
