"""A TCP proxy on loopback that lets so many bytes a second through each connection: throttle.py PORT TO_PORT BYTES_PER_SECOND.

One signal lifts the limit, the other restores it; both hold for open connections too.
"""

import asyncio
import contextlib
import math
import signal
import socket
import sys

CHUNK = 128 * 1024
# else the kernel would take megabytes at full speed
SOCKET_BUFFER = 256 * 1024
LIFT = signal.SIGUSR1
RESTORE = signal.SIGUSR2


class Limit:
    """Bytes a second, until a signal changes it."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(LIFT, self._set, math.inf)
        loop.add_signal_handler(RESTORE, self._set, rate)

    def _set(self, rate: float) -> None:
        self.rate = rate


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: Limit) -> None:
    """Passes on what comes until its end; time in which nothing came is not made up for."""
    now = asyncio.get_running_loop().time
    due = now()
    while data := await reader.read(CHUNK):
        due = max(due, now()) + len(data) / limit.rate
        await asyncio.sleep(due - now())
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def serve(port: int, to_port: int, rate: float) -> None:
    limit = Limit(rate)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", to_port, limit=CHUNK)
            with contextlib.closing(upstream_writer):
                await asyncio.gather(pump(reader, upstream_writer, limit), pump(upstream_reader, writer, limit))

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
    listener.bind(("127.0.0.1", port))
    server = await asyncio.start_server(accept, sock=listener, limit=CHUNK, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
