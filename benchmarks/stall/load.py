"""Clients that send files, all at once, and write down what they were told."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PIECE = 64 * 1024
STORED = (200, 201)
# what says by itself that the client is to come back
COME_BACK = (409, 503)
CONTENT = memoryview(os.urandom(1 << 20))


@dataclass(frozen=True)
class Request:
    """An upload to a port of this machine: what goes before the file's bytes, how many those are, what follows them."""

    port: int
    head: bytes
    size: int
    tail: bytes = b""


@dataclass(frozen=True)
class Load:
    """How many clients send a file of which size at which speed; None is as fast as they can."""

    clients: int
    size: int
    bytes_per_second: int | None
    patience: float
    tries: int = 1


@dataclass(frozen=True)
class Outcome:
    """How one client ended: status 0 is no answer at all."""

    status: int
    seconds: float
    tries: int

    @property
    def stored(self) -> bool:
        return self.status in STORED


def send_all(load: Load, request_of: Callable[[int], Request]) -> list[Outcome]:
    return asyncio.run(_send_all(load, [request_of(number) for number in range(load.clients)]))


async def _send_all(load: Load, requests: Sequence[Request]) -> list[Outcome]:
    return await asyncio.gather(*(_client(load, request) for request in requests))


async def _client(load: Load, request: Request) -> Outcome:
    begun = time.monotonic()
    status, retry_after, tries = 0, 0.0, 0
    while status not in STORED and tries < load.tries:
        await asyncio.sleep(retry_after)
        status, retry_after = await _try(load, request)
        tries += 1
    return Outcome(status, time.monotonic() - begun, tries)


async def _try(load: Load, request: Request) -> tuple[int, float]:
    """Status and Retry-After; 0 where no answer came in time."""
    try:
        async with asyncio.timeout(load.patience):
            return await _exchange(request, load.bytes_per_second)
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
        return 0, 0.0


async def _exchange(request: Request, bytes_per_second: int | None) -> tuple[int, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", request.port)
    sending = asyncio.create_task(_send(writer, request, bytes_per_second))
    try:
        return _read_head(await reader.readuntil(b"\r\n\r\n"))
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.transport.abort()


async def _send(writer: asyncio.StreamWriter, request: Request, bytes_per_second: int | None) -> None:
    writer.write(request.head)
    begun = time.monotonic()
    for sent in range(0, request.size, PIECE):
        if bytes_per_second:
            await asyncio.sleep(begun + sent / bytes_per_second - time.monotonic())
        start = sent % len(CONTENT)
        writer.write(CONTENT[start : start + min(PIECE, request.size - sent)])
        await writer.drain()
    writer.write(request.tail)
    await writer.drain()


def _read_head(head: bytes) -> tuple[int, float]:
    status_line, *lines = head.decode("latin-1").split("\r\n")
    status = int(status_line.split(" ")[1])
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    return status, float(headers.get("retry-after", 0)) if status in COME_BACK else 0.0
