"""Ways in which FastAPI applications take uploads themselves, one route each, beside what any application has: health, heartbeat."""

import asyncio
import contextlib
import os
import shutil
import time
import uuid
from pathlib import Path

import aiofiles
import anyio.from_thread
import boto3
from botocore.config import Config
from fastapi import FastAPI, UploadFile, WebSocket, WebSocketDisconnect

FOLDER = Path(os.environ["PEER_FOLDER"])
BUCKET = os.environ["PEER_BUCKET"]
JOB_SECONDS = 0.3
LOOKUP_SECONDS = 1.0

app = FastAPI()
jobs: set[asyncio.Task[None]] = set()
store = boto3.client(
    "s3",
    endpoint_url=os.environ["PEER_STORE"],
    aws_access_key_id=os.environ["PEER_ACCESS_KEY"],
    aws_secret_access_key=os.environ["PEER_SECRET_KEY"],
    region_name="us-east-1",
    config=Config(max_pool_connections=64, s3={"addressing_style": "path"}),
)


def new_key(file: UploadFile) -> str:
    return f"{uuid.uuid4()}-{file.filename}"


@app.post("/async-boto3")
async def async_boto3(file: UploadFile) -> str:
    data = await file.read()
    store.put_object(Bucket=BUCKET, Key=new_key(file), Body=data)
    return "stored"


@app.post("/def-boto3")
def def_boto3(file: UploadFile) -> str:
    store.put_object(Bucket=BUCKET, Key=new_key(file), Body=file.file)
    return "stored"


@app.post("/def-disk")
def def_disk(file: UploadFile) -> str:
    with (FOLDER / new_key(file)).open("wb") as target:
        shutil.copyfileobj(file.file, target)
    return "stored"


@app.post("/aiofiles-task")
async def aiofiles_task(file: UploadFile) -> str:
    async with aiofiles.open(FOLDER / new_key(file), "wb") as target:
        while chunk := await file.read(1 << 20):
            await target.write(chunk)
    jobs.add(job := asyncio.create_task(process()))
    job.add_done_callback(jobs.discard)
    return "stored"


async def process() -> None:
    """A job that computes: awaiting nothing, it has the event loop to itself."""
    end = time.thread_time() + JOB_SECONDS
    while time.thread_time() < end:
        pass


@app.post("/def-nested")
def def_nested(file: UploadFile) -> str:
    """Has one of the forty threads, looks something up, and then waits for another thread, which reads the spooled file."""
    time.sleep(LOOKUP_SECONDS)
    anyio.from_thread.run(file.read)
    return "read"


@app.get("/health")
async def health() -> str:
    return "ok"


@app.get("/thread")
def thread() -> str:
    return "ok"


@app.websocket("/heartbeat")
async def heartbeat(socket: WebSocket) -> None:
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.send_json({"now": time.time()})
            await asyncio.sleep(0.2)
