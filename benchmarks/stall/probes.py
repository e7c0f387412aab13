"""Whether a service still answers others while it takes uploads: asked ten times a second, from a process of its own."""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

PERIOD = 0.1
# a probe that takes longer is bad
LIMIT = 5.0
BEAT = 0.2


@dataclass(frozen=True)
class Probe:
    """A request that must be answered with 2xx."""

    name: str
    port: int
    request: bytes


@dataclass(frozen=True)
class Heartbeat:
    """A WebSocket on which the application says something every 0.2 s; what counts is how late."""

    name: str
    url: str


# seconds, and whether it was answered well
Sample = tuple[float, bool]


@contextlib.contextmanager
def probing(probes: list[Probe | Heartbeat]) -> Iterator[dict[str, list[Sample]]]:
    """Asks until the block ends; then the samples by the probes' names are in what it yields."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(probes, theirs))
    process.start()
    ours.recv()
    samples: dict[str, list[Sample]] = {}
    try:
        yield samples
    finally:
        ours.send("stop")
        samples.update(ours.recv())
        process.join()


def _run(probes: list[Probe | Heartbeat], control: Connection) -> None:
    control.send(asyncio.run(_probe_all(probes, control)))


async def _probe_all(probes: list[Probe | Heartbeat], control: Connection) -> dict[str, list[Sample]]:
    stop = asyncio.Event()
    running = [asyncio.create_task(_probe(probe, stop)) for probe in probes]
    control.send("started")
    await asyncio.to_thread(control.recv)
    stop.set()
    return {probe.name: samples for probe, samples in zip(probes, await asyncio.gather(*running), strict=True)}


async def _probe(probe: Probe | Heartbeat, stop: asyncio.Event) -> list[Sample]:
    return await (_listen(probe, stop) if isinstance(probe, Heartbeat) else _ask_repeatedly(probe, stop))


async def _ask_repeatedly(probe: Probe, stop: asyncio.Event) -> list[Sample]:
    """Asks on time whether earlier questions were answered or not: a stall counts as often as it is met."""
    asked = []
    due = time.monotonic()
    while not stop.is_set():
        asked.append(asyncio.create_task(_ask(probe)))
        due += PERIOD
        await asyncio.sleep(due - time.monotonic())
    return await asyncio.gather(*asked)


async def _ask(probe: Probe) -> Sample:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(LIMIT):
            reader, writer = await asyncio.open_connection("127.0.0.1", probe.port)
            with contextlib.closing(writer):
                writer.write(probe.request)
                answer = await reader.readline()
            return time.monotonic() - begun, answer.split(b" ")[1:2] == [b"200"]
    except (TimeoutError, OSError):
        return time.monotonic() - begun, False


async def _listen(heartbeat: Heartbeat, stop: asyncio.Event) -> list[Sample]:
    # only here, so that --help needs no package
    from websockets.asyncio.client import connect
    from websockets.exceptions import WebSocketException

    samples: list[Sample] = []
    while not stop.is_set():
        try:
            async with connect(heartbeat.url, open_timeout=LIMIT, ping_interval=None, close_timeout=1) as socket:
                await socket.recv()
                await _time_beats(socket.recv, samples, stop)
        except (OSError, TimeoutError, WebSocketException):
            samples.append((LIMIT, False))
            await asyncio.sleep(BEAT)
    return samples


async def _time_beats(beat: Callable[[], Awaitable[object]], samples: list[Sample], stop: asyncio.Event) -> None:
    """How much later than it should each beat came; a longer silence counts once for every LIMIT."""
    last = time.monotonic()
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(beat(), LIMIT + BEAT)
        late = max(0.0, time.monotonic() - last - BEAT)
        samples.append((late, late < LIMIT))
        last = time.monotonic()
