"""The Django project: settings, routes, the WSGI entry."""
