"""Makes the tables that are missing; changes none that exists.

Not `manage.py migrate`: it would keep a table of its own, and its tables would not be the other
contenders' (schema/postgres.sql tells what differs).
"""

import os
from pathlib import Path

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

engine = "sqlite" if connection.vendor == "sqlite" else "postgres"
script = (Path(__file__).with_name("schema") / f"{engine}.sql").read_text(encoding="utf-8")
connection.ensure_connection()
if engine == "sqlite":
    connection.connection.executescript(script)
else:
    with connection.cursor() as cursor:
        cursor.execute(script)
connection.close()
