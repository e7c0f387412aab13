"""What the processes of a system need while they take uploads: memory, and bytes on disk."""

import contextlib
import os
import stat
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PERIOD = 0.5
PROC = Path("/proc")


@dataclass
class Usage:
    """Peaks of memory by part, their highest sum, the most that lay in temporary files, and what was written to disk in all."""

    rss: dict[str, int] = field(default_factory=dict)
    pss: dict[str, int] = field(default_factory=dict)
    pss_sum: int = 0
    temporary: int = 0
    written: int = 0


@contextlib.contextmanager
def sampling(root: int, part_of: Callable[[str], str | None], folders: list[Path]) -> Iterator[Usage]:
    """Looks at the process and its descendants twice a second until the block ends.

    part_of names the part that a command line belongs to, None for what is no part; folders are those of temporary files.
    """
    usage, stop = Usage(), threading.Event()
    before = _written(_parts(root, part_of))

    def run() -> None:
        while not stop.wait(PERIOD):
            _sample(usage, _parts(root, part_of), folders)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield usage
    finally:
        stop.set()
        thread.join()
        usage.written = _written(_parts(root, part_of)) - before


def descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = (entry / "stat").read_text(errors="replace").rpartition(") ")[2].split(" ")[1]
                children[int(parent)].append(int(entry.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def _parts(root: int, part_of: Callable[[str], str | None]) -> list[tuple[int, str]]:
    parts = []
    for pid in descendants(root):
        with contextlib.suppress(OSError):
            command = (PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
            if part := part_of(command):
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


def _written(parts: list[tuple[int, str]]) -> int:
    return sum(_numbers(PROC / str(pid) / "io").get("write_bytes", 0) for pid, _ in parts)


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
