"""The shop's first routes in Django."""
