"""The figures as Markdown tables, beside the raw data as JSON."""

import json
import math
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

WHAT = "What uploads do to an application that takes them itself, and to one that leaves them to Sluice: side by side."
PROBES = ("health", "heartbeat", "call", "loop")
PARTS = ("application", "nginx", "gateway", "metadata", "worker")
STORED = (200, 201)

Case = dict[str, Any]


def write(folder: Path, part: str, command: str, cases: list[Case]) -> None:
    """Writes PART.json and PART.md, and prints the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = _machine()
    raw = {"command": command, "machine": machine, "cases": cases}
    (folder / f"{part}.json").write_text(json.dumps(raw, separators=(",", ":")) + "\n")
    tables = {"stall": _stall, "deadlock": _deadlock, "cascade": _cascade}[part](cases)
    text = "\n".join([f"`{command}` on {machine}", "", *tables]) + "\n"
    (folder / f"{part}.md").write_text(text)
    print(f"\n{text}", flush=True)


def _stall(cases: list[Case]) -> list[str]:
    probes = [f"{name}, p50 / p99 / max ms" for name in PROBES]
    usage = ["memory MiB", "temporary files MiB", "written MiB", "CPU s"]
    columns = ["load", "service", "stored", "upload p50 / p99 s", *probes, "bad probes", *usage]
    rows = [
        [_load(case), case["system"], _stored(case), _seconds(case), *_probes(case), _bad(case), *_usage(case["usage"])] for case in cases
    ]
    memory = [[_load(case), case["system"], *(_memory(case["usage"], part) for part in PARTS)] for case in cases]
    return [*_table(columns, rows), "", "Memory of each part, peak PSS (RSS) in MiB:", "", *_table(["load", "service", *PARTS], memory)]


def _deadlock(cases: list[Case]) -> list[str]:
    columns = ["clients", "service", "answered", "slowest s", "20 s later: `/health`", "20 s later: an upload", "ends on SIGTERM"]
    rows = []
    for case in cases:
        later = case["afterwards"]
        words = [_word(later[name], good, bad) for name, good, bad in _LATER]
        slowest = f"{max(_times(case)):.1f}" if _times(case) else "–"
        rows.append([str(case["load"]["clients"]), case["system"], _stored(case), slowest, *words])
    return _table(columns, rows)


_LATER = (("healthy", "well", "no answer"), ("stores", "answered", "no answer"), ("ends_on_sigterm", "yes", "no, killed"))


def _word(good: bool, yes: str, no: str) -> str:
    return yes if good else f"**{no}**"


def _cascade(cases: list[Case]) -> list[str]:
    columns = ["files", "service", "acknowledged", "stored", "announced", "tries in all", "upload p50 / p99 s"]
    rows = []
    for case in cases:
        told = "–" if case["announced"] is None else str(case["announced"])
        tries = sum(tries for _, _, tries in case["outcomes"])
        acknowledged = str(sum(status in STORED for status, _, _ in case["outcomes"]))
        clients = str(case["load"]["clients"])
        rows.append([clients, case["system"], acknowledged, str(case["stored"]), told, str(tries), _seconds(case)])
    return _table(columns, rows)


def _table(columns: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(cells) + " |" for cells in (columns, ["---"] * len(columns), *rows)]


def _load(case: Case) -> str:
    load = case["load"]
    speed = f"{load['bytes_per_second'] >> 10} KiB/s" if load["bytes_per_second"] else "fast"
    return f"{load['clients']} × {load['size'] >> 20} MiB, {speed}"


def _stored(case: Case) -> str:
    count, clients = len(_times(case)), case["load"]["clients"]
    return f"{count} of {clients}" if count == clients else f"**{count} of {clients}**"


def _times(case: Case) -> list[float]:
    return [seconds for status, seconds, _ in case["outcomes"] if status in STORED]


def _seconds(case: Case) -> str:
    times = _times(case)
    return f"{_quantile(times, 0.5):.1f} / {_quantile(times, 0.99):.1f}" if times else "–"


def _probes(case: Case) -> list[str]:
    return [_milliseconds(case["probes"][name]["ms"]) if name in case["probes"] else "–" for name in PROBES]


def _milliseconds(samples: list[int]) -> str:
    return f"{_quantile(samples, 0.5)} / {_quantile(samples, 0.99)} / {max(samples)}"


def _bad(case: Case) -> str:
    bad = sum(one["bad"] for one in case["probes"].values())
    asked = sum(len(one["ms"]) for one in case["probes"].values())
    return f"**{bad} of {asked}**" if bad else f"0 of {asked}"


def _usage(usage: dict[str, Any]) -> list[str]:
    return [_mebibytes(usage[name]) for name in ("pss_sum", "temporary", "written")] + [f"{usage['cpu_seconds']:.0f}"]


def _memory(usage: dict[str, Any], part: str) -> str:
    return f"{_mebibytes(usage['pss'][part])} ({_mebibytes(usage['rss'][part])})" if part in usage["pss"] else "–"


def _mebibytes(count: int) -> str:
    return str(round(count / (1 << 20)))


def _quantile(values: Sequence[float], fraction: float) -> float:
    """The nearest rank."""
    return sorted(values)[max(0, math.ceil(fraction * len(values)) - 1)]


def _machine() -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    nginx = _said([shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "nginx", "-v"])
    java = _said([os.environ["JAVA"], "--version"]).splitlines()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn", "boto3"))
    return (
        f"{os.cpu_count()} processors, {memory} GiB, Linux {platform.release()}, {java}, {nginx.removeprefix('nginx version: ')}, "
        f"Python {platform.python_version()}, {packages}"
    )


def _said(command: list[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return done.stdout.strip()
