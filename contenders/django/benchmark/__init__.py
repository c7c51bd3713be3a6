"""Django with its own ORM: the workload contract and its small shop."""
