"""A shop in Flask: routes that answer, refuse, fail, ask the database, call the stock service."""

import os

import requests
from database import items
from flask import Flask, abort

app = Flask(__name__)


@app.get("/ok")
def ok():
    return "ok"


@app.get("/users/<int:number>")
def user(number):
    return {"user": number}


@app.get("/refused")
def refused():
    abort(403)


@app.get("/broken")
def broken():
    raise RuntimeError("broken on purpose")


@app.get("/items")
def list_items():
    return items()


@app.get("/buy/<name>")
def buy(name):
    price = items().get(name)
    answer = requests.get(f"{os.environ['STOCK_URL']}/stock/{name}", timeout=10)
    return {"name": name, "price": price, **answer.json()}
