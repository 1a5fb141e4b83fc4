"""The second service: how many of an item are there."""

from flask import Flask

app = Flask(__name__)


@app.get("/stock/<name>")
def stock(name):
    return {"stock": len(name)}
