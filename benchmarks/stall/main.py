"""The benchmark's command line: which cases are run, and where their figures go."""

import argparse
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cases
import report
from load import Load
from processes import DATA, ROOT
from store import MIB, Store
from systems import FastApi, Sluice

ROUTES = ("def-disk", "aiofiles-task", "async-boto3", "def-boto3")
SYSTEMS = (*ROUTES, "sluice")
SPEEDS = ("fast", "slow")
PARTS = ("stall", "deadlock", "cascade")
QUICK = ["stall", "cascade", "--loads", "12x2", "--speeds", "fast", "--systems", "async-boto3,sluice", "--patience", "10"]


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/stall/run", description=report.WHAT)
    parser.add_argument("parts", nargs="*", type=one_of(PARTS), metavar="PART", help=f"{', '.join(PARTS)}; all when none is named")
    parser.add_argument("--loads", type=list_of(load), default="31x7,64x7,200x5", help="CLIENTSxMEBIBYTES of the stall (%(default)s)")
    parser.add_argument("--speeds", type=list_of(one_of(SPEEDS)), default="fast,slow", help="of the stall's clients (%(default)s)")
    parser.add_argument("--slow", type=int, default=512, metavar="KIB", help="KiB/s of a slow client (%(default)s)")
    parser.add_argument("--patience", type=float, default=30, help="seconds until a client of the stall leaves (%(default)s)")
    parser.add_argument("--store", type=float, default=2, metavar="MIB", help="MiB/s of each connection to the store (%(default)s)")
    parser.add_argument("--systems", type=list_of(one_of(SYSTEMS)), default=",".join(SYSTEMS), help="of the stall (%(default)s)")
    parser.add_argument("--deadlock", type=list_of(int), default="39,40,41", help="clients of the deadlock (%(default)s)")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks/results", help="folder of the figures (benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="two small cases in about a minute, their figures in .data/quick")
    # for the script run beside this, before it installs anything
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.quick and not chosen.check:
        return parser.parse_args([*QUICK, "--results", str(DATA / "quick")])
    return chosen


def one_of(names: Sequence[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return text

    return parse


def list_of(parse: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def parse_all(text: str) -> list[Any]:
        try:
            return [parse(item) for item in text.split(",")]
        except ValueError:
            raise argparse.ArgumentTypeError(f"cannot read {text!r}: it is to look like the default") from None

    return parse_all


def load(text: str) -> tuple[int, int]:
    """Clients and bytes of each file."""
    clients, mebibytes = map(int, text.split("x"))
    return clients, mebibytes * MIB


def system(name: str, store: Store) -> FastApi | Sluice:
    return Sluice(store) if name == "sluice" else FastApi(name, store)


def stall(chosen: argparse.Namespace, store: Store) -> list[cases.Case]:
    done = []
    for speed in chosen.speeds:
        for clients, size in chosen.loads:
            one = Load(clients, size, chosen.slow * 1024 if speed == "slow" else None, chosen.patience)
            done += [cases.stall(system(name, store), store, one) for name in chosen.systems]
    return done


def deadlock(chosen: argparse.Namespace, store: Store) -> list[cases.Case]:
    loads = [Load(clients, 2 * MIB, None, 20) for clients in chosen.deadlock]
    return [cases.deadlock(system(name, store), store, one) for one in loads for name in ("def-nested", "sluice")]


def cascade(chosen: argparse.Namespace, store: Store) -> list[cases.Case]:
    # by default 5.5 s each while the store is slow: more than the clients' patience
    clients = {"async-boto3": 12, "def-boto3": 64, "sluice": 64}
    return [
        cases.cascade(system(name, store), store, Load(count, 11 * MIB, None, 5, tries=3))
        for name, count in clients.items()
        if name in chosen.systems
    ]


def main(arguments: list[str]) -> None:
    chosen = options(arguments)
    if chosen.check:
        return
    # what was started is ended then, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    DATA.mkdir(exist_ok=True)
    store = Store(int(chosen.store * MIB))
    try:
        store.start()
        for part in chosen.parts or PARTS:
            figures = {"stall": stall, "deadlock": deadlock, "cascade": cascade}[part](chosen, store)
            report.write(chosen.results, part, shlex.join(["benchmarks/stall/run", *arguments]), figures)
    finally:
        store.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
