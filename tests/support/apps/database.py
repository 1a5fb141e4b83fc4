"""The shop's database: DATABASE is a postgresql:// URL or the path of an SQLite file."""

import os
import sqlite3
from contextlib import closing


def connect():
    where = os.environ["DATABASE"]
    if where.startswith("postgresql://"):
        import psycopg2

        return psycopg2.connect(where)
    return sqlite3.connect(where)


def fill():
    with closing(connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE items (name VARCHAR(40), price INTEGER)")
        cursor.execute("INSERT INTO items VALUES ('apple', 3), ('pear', 4)")
        connection.commit()


def items():
    with closing(connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name, price FROM items ORDER BY name")
        return dict(cursor.fetchall())


if __name__ == "__main__":
    fill()
