"""`manage.py migrate` makes the tables of schema/*.sql, not Django's own (benchmark/tables.py says why)."""

from typing import Any

from benchmark.tables import make_tables
from django.core.management.commands import migrate


class Command(migrate.Command):
    help = "Makes the tables that are missing; changes none that exists."

    def handle(self, *args: Any, **options: Any) -> None:
        make_tables()
        self.stdout.write("The tables are there.")
