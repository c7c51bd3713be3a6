"""Makes the tables that are missing; changes none that exists."""

import os

import django
from benchmark.tables import make_tables

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
make_tables()
