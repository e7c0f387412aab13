"""What is done to a system, and what is written down of it."""

import dataclasses
import threading
import time
from typing import Any

from load import Load, send_all
from probes import Sample, probing
from sampling import sampling
from store import Store
from systems import FastApi, Sluice, started

# of the first small upload, which is no part of any load
FIRST = 1
CALM_BEFORE = 1.0
DEADLOCK_PAUSE = 20.0
SETTLED_AFTER = 10.0

Case = dict[str, Any]


def stall(system: FastApi | Sluice, store: Store, load: Load) -> Case:
    """All clients at once, and others who ask meanwhile."""
    announce(f"stall: {system.name}", load)
    with started(system), sampling(system) as usage, probing(system.probes()) as samples:
        time.sleep(CALM_BEFORE)
        outcomes = send_all(load, lambda number: system.request(number, load.size))
    store.empty()
    probes = {name: _compact(one) for name, one in samples.items()}
    return _case(system, load, outcomes) | {"probes": probes, "usage": dataclasses.asdict(usage)}


def deadlock(system: FastApi | Sluice, store: Store, load: Load) -> Case:
    """All clients at once; 20 s after the last has left, whether the service is as it was before."""
    announce(f"deadlock: {system.name}", load)
    with started(system):
        outcomes = send_all(load, lambda number: system.request(number, load.size))
        time.sleep(DEADLOCK_PAUSE)
        healthy = system.healthy()
        (later,) = send_all(Load(1, load.size, None, 10), lambda number: system.request(load.clients, load.size))
    store.empty()
    afterwards = {"healthy": healthy, "stores": later.stored, "ends_on_sigterm": system.ended_in_order}
    return _case(system, load, outcomes) | {"afterwards": afterwards}


def cascade(system: FastApi | Sluice, store: Store, load: Load) -> Case:
    """Clients without patience who come back, when the store has recovered; what it has when nothing moves any more."""
    announce(f"cascade: {system.name}", load)
    with started(system):
        recovery = threading.Timer(load.patience, store.recover)
        recovery.start()
        outcomes = send_all(load, lambda number: system.request(number, load.size))
        recovery.join()
        stored = _settled(store)
        announced = system.announced()
    store.slow_down()
    store.empty()
    counts = {"stored": stored - FIRST, "announced": None if announced is None else announced - FIRST}
    return _case(system, load, outcomes) | counts


def announce(what: str, load: Load) -> None:
    speed = f"{load.bytes_per_second // 1024} KiB/s" if load.bytes_per_second else "fast"
    print(f"{what}, {load.clients} x {load.size >> 20} MiB, {speed} …", flush=True)


def _case(system: FastApi | Sluice, load: Load, outcomes: list[Any]) -> Case:
    told = [[one.status, round(one.seconds, 3), one.tries] for one in outcomes]
    return {"system": system.name, "load": dataclasses.asdict(load), "outcomes": told}


def _compact(samples: list[Sample]) -> Case:
    return {"ms": [round(seconds * 1000) for seconds, _ in samples], "bad": sum(not good for _, good in samples)}


def _settled(store: Store) -> int:
    """How many objects there are when for some time none has come."""
    count, since = store.objects(), time.monotonic()
    while time.monotonic() - since < SETTLED_AFTER:
        time.sleep(0.5)
        if (now := store.objects()) != count:
            count, since = now, time.monotonic()
    return count
