"""What the processes of a system need while they take uploads: memory, and bytes on disk."""

import contextlib
import os
import stat
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

PERIOD = 0.5
PROC = Path("/proc")


class Sampled(Protocol):
    """A process whose descendants are the parts of a system."""

    @property
    def pid(self) -> int: ...

    @property
    def temporary_folders(self) -> list[Path]: ...

    def part_of(self, command: str) -> str | None:
        """The part that a command line belongs to; None for what is no part."""


@dataclass
class Usage:
    """Peaks of memory by part, their highest sum, the most that lay in temporary files; bytes written to disk and CPU time in all."""

    rss: dict[str, int] = field(default_factory=dict)
    pss: dict[str, int] = field(default_factory=dict)
    pss_sum: int = 0
    temporary: int = 0
    written: int = 0
    cpu_seconds: float = 0


@contextlib.contextmanager
def sampling(system: Sampled) -> Iterator[Usage]:
    """Looks at the system's processes twice a second until the block ends."""
    usage, stop = Usage(), threading.Event()
    before = _totals(_parts(system))

    def run() -> None:
        while not stop.wait(PERIOD):
            _sample(usage, _parts(system), system.temporary_folders)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield usage
    finally:
        stop.set()
        thread.join()
        after = _totals(_parts(system))
        usage.written, usage.cpu_seconds = after[0] - before[0], after[1] - before[1]


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields_of_stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def _parts(system: Sampled) -> list[tuple[int, str]]:
    parts = []
    for pid in _descendants(system.pid):
        with contextlib.suppress(OSError):
            command = (PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
            if part := system.part_of(command):
                parts.append((pid, part))
    return parts


def _sample(usage: Usage, parts: list[tuple[int, str]], folders: list[Path]) -> None:
    rss: dict[str, int] = defaultdict(int)
    pss: dict[str, int] = defaultdict(int)
    for pid, part in parts:
        memory = _numbers(PROC / str(pid) / "smaps_rollup")
        rss[part] += memory.get("Rss", 0) * 1024
        pss[part] += memory.get("Pss", 0) * 1024
    for part in rss:
        usage.rss[part] = max(usage.rss.get(part, 0), rss[part])
        usage.pss[part] = max(usage.pss.get(part, 0), pss[part])
    usage.pss_sum = max(usage.pss_sum, sum(pss.values()))
    usage.temporary = max(usage.temporary, sum(_unlinked(pid) for pid, _ in parts) + sum(map(_below, folders)))


def _numbers(file: Path) -> dict[str, int]:
    """The lines NAME: NUMBER of a file of /proc; none when the process is gone."""
    with contextlib.suppress(OSError):
        lines = (line.split() for line in file.read_text().splitlines())
        return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}
    return {}


def _totals(parts: list[tuple[int, str]]) -> tuple[int, float]:
    """Bytes written to disk and seconds of CPU time since the processes began."""
    written = sum(_numbers(PROC / str(pid) / "io").get("write_bytes", 0) for pid, _ in parts)
    ticks = sum(int(tick) for pid, _ in parts for tick in _fields_of_stat(pid)[11:15])
    return written, ticks / os.sysconf("SC_CLK_TCK")


def _fields_of_stat(pid: int) -> list[str]:
    """What /proc says of a process behind its name, from its state on; nothing when it is gone."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(") ")[2].split()
    return []


def _unlinked(pid: int) -> int:
    """Bytes in files that have no name any more, as spooled bodies have."""
    total = 0
    with contextlib.suppress(OSError):
        for descriptor in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                status = descriptor.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    total += status.st_blocks * 512
    return total


def _below(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total
