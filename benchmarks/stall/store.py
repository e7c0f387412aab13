"""The store of all systems: the embedded one, slowed down."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import throttle
from processes import DATA, HERE, ROOT, end, free_ports, listens, spawn, wait_for

MIB = 1 << 20
BUCKET = "uploads"
ACCESS_KEY = "bench"
SECRET_KEY = "bench-secret"
HEAP = "512m"
# S3Proxy writes KEY-UUID first
HALF_WRITTEN = re.compile(r".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Store:
    """The embedded store, and in front of it a proxy that slows each connection down."""

    def __init__(self, bytes_per_second: int) -> None:
        self.port, self._own_port = free_ports(2)
        self._folder = DATA / "store"
        self._bytes_per_second = bytes_per_second
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "objects" / BUCKET).mkdir(parents=True)
        properties = (ROOT / "embedded-store/s3proxy.properties.template").read_text()
        for name, value in {
            "LISTEN": f"127.0.0.1:{self._own_port}",
            "ACCESS_KEY": ACCESS_KEY,
            "SECRET_KEY": SECRET_KEY,
            "OBJECTS": str(self._folder / "objects"),
        }.items():
            properties = properties.replace("${" + name + "}", value)
        (self._folder / "s3proxy.properties").write_text(properties)
        self.secret_file.write_text(SECRET_KEY)
        self._throttle = self._start_throttle()
        self._processes = [self._start_s3proxy(), self._throttle]
        wait_for("the store", lambda: listens(self._own_port) and listens(self.port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secret_file(self) -> Path:
        return self._folder / "secret"

    def objects(self) -> int:
        """How many whole objects there are, by the files themselves."""
        files = (path for path in (self._folder / "objects" / BUCKET).rglob("*") if path.is_file())
        return sum(not HALF_WRITTEN.match(path.name) for path in files)

    def empty(self) -> None:
        """Removes the objects; a body that is still written may go on to nowhere."""
        for path in (self._folder / "objects" / BUCKET).iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def recover(self) -> None:
        """As quick as it can be from now on."""
        self._throttle.send_signal(throttle.LIFT)

    def slow_down(self) -> None:
        """As at its start."""
        self._throttle.send_signal(throttle.RESTORE)

    def stop(self) -> None:
        for process in self._processes:
            end(process)

    def _start_s3proxy(self) -> subprocess.Popen[bytes]:
        command = [os.environ["JAVA"], "-XX:+UseSerialGC", f"-Xmx{HEAP}"]
        command += [f"-Dlogback.configurationFile={ROOT}/embedded-store/logback.xml"]
        command += ["-cp", f"{ROOT}/embedded-store/target/lib/*", "org.gaul.s3proxy.Main"]
        return spawn([*command, "--properties", str(self._folder / "s3proxy.properties")], DATA / "store.log")

    def _start_throttle(self) -> subprocess.Popen[bytes]:
        arguments = [str(self.port), str(self._own_port), str(self._bytes_per_second)]
        return spawn([sys.executable, str(HERE / "throttle.py"), *arguments], DATA / "throttle.log")
