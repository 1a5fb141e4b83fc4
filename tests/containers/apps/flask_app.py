from flask import Flask

app = Flask(__name__)


@app.get("/ready")
def ready():
    return "ready"


@app.get("/items/<int:item>")
def item(item):
    return {"item": item}


@app.get("/broken")
def broken():
    return "broken", 500
