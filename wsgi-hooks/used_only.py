"""An instrumentor is loaded when the app imports its library, and not at the start for all that is installed.

This is `--instrument=used`.

What an app uses is instrumented as ever, by the same instrumentor, before the import statement gives the app
its module. What it never imports costs nothing. BaseDistro.load_instrumentor is the place that OpenTelemetry
documents for this ("skip loading entirely"); an instrumentor without a row below is loaded at once.

The entry points of all that is installed are read once, and not by gevent for each module that it patches.
"""

import logging
import os
import sys

# The name of the entry point: what the app imports.
LIBRARIES = {
    "aio-pika": "aio_pika",
    "aiobotocore": "aiobotocore",
    "aiohttp-client": "aiohttp",
    "aiohttp-server": "aiohttp",
    "aiokafka": "aiokafka",
    "aiopg": "aiopg",
    "asyncpg": "asyncpg",
    "aws_crewai": "crewai",
    "aws_langchain": "langchain_core",
    "aws_llama-index": "llama_index.core",
    "aws_mcp": "mcp",
    "aws_openai_agents": "agents",
    "boto3": "boto3",
    "botocore": "botocore",
    "cassandra": "cassandra",
    "celery": "celery",
    "click": "click",
    "confluent_kafka": "confluent_kafka",
    "django": "django",
    "elasticsearch": "elasticsearch",
    "falcon": "falcon",
    "fastapi": "fastapi",
    "flask": "flask",
    "grpc_aio_client": "grpc",
    "grpc_aio_server": "grpc",
    "grpc_client": "grpc",
    "grpc_server": "grpc",
    "httpx": "httpx",
    "httpx2": "httpx2",
    "jinja2": "jinja2",
    "kafka": "kafka",
    "mysql": "mysql.connector",
    "mysqlclient": "MySQLdb",
    "pika": "pika",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "pymemcache": "pymemcache",
    "pymongo": "pymongo",
    "pymssql": "pymssql",
    "pymysql": "pymysql",
    "pyramid": "pyramid",
    "redis": "redis",
    "remoulade": "remoulade",
    "requests": "requests",
    "sqlalchemy": "sqlalchemy",
    "sqlite3": "sqlite3",
    "starlette": "starlette",
    "tornado": "tornado",
    "tortoiseorm": "tortoise",
    "urllib3": "urllib3",
}
LOGGER = logging.getLogger("opentelemetry.instrumentation.auto_instrumentation._load")


def modified(directory):
    """The time of the last installation or removal there."""
    try:
        return os.stat(directory or os.curdir).st_mtime_ns
    except OSError:
        return None


def remember_entry_points():
    from importlib import metadata

    read = metadata.entry_points
    known = {}

    def entry_points(**wanted):
        state = [(directory, modified(directory)) for directory in sys.path]
        if known.get("state") != state:
            known.update(state=state, all=read())
        return known["all"].select(**wanted) if wanted else known["all"]

    if sys.version_info >= (3, 10):  # before, there is no select()
        metadata.entry_points = entry_points


def install():
    """From now on, in this process and those that it forks."""
    remember_entry_points()
    from opentelemetry.instrumentation.distro import BaseDistro
    from wrapt import register_post_import_hook

    load_now = BaseDistro.load_instrumentor

    def load_instrumentor(self, entry_point, **named):
        library = LIBRARIES.get(entry_point.name)
        if library is None or library in sys.modules:
            return load_now(self, entry_point, **named)

        def load(module):
            # An app's import must not fail for want of a span.
            try:
                load_now(self, entry_point, **named)
            except ImportError as error:
                LOGGER.debug("Skipping instrumentation %s: %s", entry_point.name, error)
            except Exception:
                LOGGER.exception("Instrumenting of %s failed", entry_point.name)

        return register_post_import_hook(load, library)

    BaseDistro.load_instrumentor = load_instrumentor
