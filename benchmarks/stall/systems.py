"""The services that take the uploads: FastAPI in its ways, and Sluice behind the example application."""

import contextlib
import http.client
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from load import Load, Request, send_all
from probes import Heartbeat, Probe
from processes import DATA, HERE, ROOT, answers, end, free_ports, spawn, wait_for
from store import ACCESS_KEY, BUCKET, SECRET_KEY, Store

KEY = "sk_of-the-benchmark-only"
STOP_SECONDS = 90


class FastApi:
    """One uvicorn worker with peer.py; its clients use one of its routes."""

    def __init__(self, route: str, store: Store) -> None:
        self.name = f"FastAPI {route}"
        self._route = route
        self._store = store
        self._folder = DATA / "peer"
        (self._port,) = free_ports(1)
        self.ended_in_order = False

    def start(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for name in ("tmp", "files"):
            (self._folder / name).mkdir(parents=True)
        command = [str(Path(sys.executable).with_name("uvicorn")), "--app-dir", str(HERE), "--port", str(self._port)]
        environment = {
            "PEER_FOLDER": str(self._folder / "files"),
            "PEER_STORE": self._store.url,
            "PEER_BUCKET": BUCKET,
            "PEER_ACCESS_KEY": ACCESS_KEY,
            "PEER_SECRET_KEY": SECRET_KEY,
            "TMPDIR": str(self._folder / "tmp"),
        }
        self._process = spawn([*command, "--log-level", "error", "peer:app"], DATA / "peer.log", environment)
        wait_for(self.name, lambda: answers(self._port, "/health"), self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def temporary_folders(self) -> list[Path]:
        return [self._folder / "tmp"]

    @staticmethod
    def part_of(command: str) -> str | None:
        return "application" if "peer:app" in command else None

    def request(self, number: int, size: int) -> Request:
        boundary = "stall-boundary"
        before = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{number}.bin"\r\n'
        before += "Content-Type: application/octet-stream\r\n\r\n"
        after = f"\r\n--{boundary}--\r\n"
        head = f"POST /{self._route} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        head += f"Content-Type: multipart/form-data; boundary={boundary}\r\n"
        head += f"Content-Length: {len(before) + size + len(after)}\r\n\r\n"
        return Request(self._port, (head + before).encode(), size, after.encode())

    def probes(self) -> list[Probe | Heartbeat]:
        return [
            Probe("health", self._port, get("/health")),
            Probe("call", self._port, get("/thread")),
            Heartbeat("heartbeat", f"ws://127.0.0.1:{self._port}/heartbeat"),
        ]

    def healthy(self) -> bool:
        return answers(self._port, "/health")

    def announced(self) -> int | None:
        return None

    def stop(self) -> None:
        self.ended_in_order = end(self._process)


class Sluice:
    """The example application with all of Sluice, as its one command starts it."""

    name = "Sluice"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._data = DATA / "sluice"
        self._port, self._application_port, self._sluice_port = free_ports(3)
        self._session = ""
        self.ended_in_order = False

    def start(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        environment = {
            "VENV": str(Path(sys.executable).parent.parent),
            "DATA": str(self._data),
            "APP_PORT": str(self._application_port),
            "SLUICE_PORT": str(self._sluice_port),
        }
        command = [str(ROOT / "examples/fastapi/start"), str(self._port), "--store-url", self._store.url]
        command += ["--store-access-key", ACCESS_KEY, "--store-secret-key-file", str(self._store.secret_file)]
        command += ["--store-bucket", BUCKET, "--store-integrity", "size"]
        log = DATA / "sluice.log"
        log.unlink(missing_ok=True)
        self._process = spawn(command, log, environment)
        wait_for(self.name, lambda: "Sluice is up at" in log.read_text() and answers(self._port, "/health"), self._process)
        # whoever uploads with a session of the application is the owner "application"; a key of that name sees the same
        (self._data / "sluice/metadata/keys/application.key").write_text(KEY)
        self._session = self._log_in()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def temporary_folders(self) -> list[Path]:
        return [self._data / "nginx/tmp", self._data / "sluice/nginx/tmp"]

    @staticmethod
    def part_of(command: str) -> str | None:
        parts = {"gateway.jar": "gateway", "metadata-service.jar": "metadata", "worker.jar": "worker"}
        parts |= {"nginx:": "nginx", "app:app": "application"}
        return next((part for text, part in parts.items() if text in command), None)

    def request(self, number: int, size: int) -> Request:
        head = f"PUT /upload/{number}.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        head += f"Cookie: {self._session}\r\nIdempotency-Key: file-{number}\r\nContent-Length: {size}\r\n\r\n"
        return Request(self._port, head.encode(), size)

    def probes(self) -> list[Probe | Heartbeat]:
        return [
            Probe("health", self._port, get("/health")),
            Probe("call", self._sluice_port, self._hint_of_newest()),
            Probe("loop", self._sluice_port, get("/health/loop")),
            Heartbeat("heartbeat", f"ws://127.0.0.1:{self._port}/heartbeat"),
        ]

    def healthy(self) -> bool:
        return answers(self._port, "/health")

    def announced(self) -> int | None:
        """How many completions Sluice has told of."""
        count, after = 0, 0
        while (page := self._api(f"/events?limit=100&after={after}"))["events"]:
            count += sum(event["type"] == "upload.completed" for event in page["events"])
            after = page["next"]
        return count

    def stop(self) -> None:
        self.ended_in_order = end(self._process, STOP_SECONDS)

    def _log_in(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        with contextlib.closing(connection):
            connection.request("POST", "/login/maria")
            return (connection.getresponse().getheader("set-cookie") or "").split(";")[0]

    def _hint_of_newest(self) -> bytes:
        """The small message: somebody says of a stored object that it is there."""
        (upload,) = self._api("/uploads?limit=1")["uploads"]
        body = json.dumps({"url": f"s3://{upload['bucket']}/{upload['key']}"})
        head = "POST /upload-complete HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        head += f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + body).encode()

    def _api(self, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._sluice_port)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {KEY}"})
            return json.load(connection.getresponse())


@contextlib.contextmanager
def started(system: FastApi | Sluice) -> Iterator[None]:
    """Runs it from its start, over a first small upload, to its end."""
    try:
        system.start()
        (first,) = send_all(Load(1, 100_000, None, 30), lambda number: system.request(-1, 100_000))
        if not first.stored:
            raise RuntimeError(f"{system.name} does not store: status {first.status}, see {DATA}")
        yield
    finally:
        system.stop()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
