"""A web service on top of an app, with FastAPI and one AsyncClient for all requests.

``GRADIO_URL=http://127.0.0.1:7860 uvicorn --app-dir examples fastapi_async:app --port 8000`` with the demo app
(``python demo/app.py``); then ``curl 'http://127.0.0.1:8000/greet?name=Ada'`` and
``curl -N http://127.0.0.1:8000/story``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

from gradlink import AppError, AsyncClient

URL = os.environ.get("GRADIO_URL", "http://127.0.0.1:7860")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect when the service starts, and disconnect when it ends."""
    async with AsyncClient(URL, verbose=False) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/greet")
async def greet(request: Request, name: str) -> str:
    """Return one result."""
    client: AsyncClient = request.app.state.client
    return str(await client.predict(name=name, api_name="/greet"))


@app.get("/quotient")
async def quotient(request: Request, dividend: float, divisor: float) -> float:
    """Hand the app's own error on to who asked."""
    client: AsyncClient = request.app.state.client
    try:
        return float(await client.predict(dividend, divisor, api_name="/divide"))
    except AppError as error:
        raise HTTPException(422, error.message) from error


@app.get("/story")
async def story(request: Request) -> StreamingResponse:
    """Hand a text on while it is being written; a reader who leaves cancels the job."""
    client: AsyncClient = request.app.state.client
    job = client.submit("Tell me a story", api_name="/chat")
    return StreamingResponse(job.deltas(), media_type="text/plain")
