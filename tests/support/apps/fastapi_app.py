"""The shop's first routes in FastAPI."""

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/ok")
async def ok():
    return "ok"


@app.get("/users/{number}")
async def user(number: int):
    return {"user": number}


@app.get("/refused")
async def refused():
    raise HTTPException(403)


@app.get("/broken")
async def broken():
    raise RuntimeError("broken on purpose")
