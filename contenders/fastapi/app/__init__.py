"""FastAPI with Tortoise ORM: the workload contract and its small shop."""
