from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/ready")
def ready():
    return "ready"


@app.get("/items/{item}")
def item(item: int):
    return {"item": item}


@app.get("/broken")
def broken():
    return Response("broken", status_code=500)
