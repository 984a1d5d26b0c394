"""HAProxy and nginx with the configuration in ``deploy/``, on free ports of the loopback address.

Only addresses, paths and the user are replaced, and each must be there to be replaced.
"""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.scaling.certificate import make_certificate
from tests.served import free_port

_DEPLOY = Path(__file__).parents[2] / "deploy"

SHIPPED = ("10.0.0.11:5000", "10.0.0.12:5000")
"""The servers that the shipped files name."""

_DEADLINE = 30.0
"""Seconds in which something must happen; noisy machines take a few."""


def find_program(name: str) -> str | None:
    """Return the path of a program, also where only root's PATH names its folder."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def await_true(happened: Callable[[], bool], what: str) -> None:
    """Return once something has happened."""
    deadline = time.monotonic() + _DEADLINE
    while not happened():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


class Balancer:
    """What both have in common: a folder, a port with TLS, a process."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        folder.mkdir()
        self._folder = folder
        self._ports = ports
        self.port = free_port()
        make_certificate(folder / "cert", folder / "key")
        self.tls = ssl.create_default_context(cafile=folder / "cert")
        self._process: subprocess.Popen[bytes] | None = None

    def _written(self, name: str, changes: dict[str, str]) -> Path:
        """Write a shipped file for this test and return where."""
        text = (_DEPLOY / name).read_text()
        addresses = (f"127.0.0.1:{port}" for port in self._ports)
        for shipped, ours in (changes | dict(zip(SHIPPED, addresses, strict=True))).items():
            assert text.count(shipped) == 1, shipped
            text = text.replace(shipped, ours)
        path = self._folder / name
        path.write_text(text)
        return path

    def _run(self, *command: str) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        await_true(self._listens, "the balancer listens")

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionError:
            return False
        return True

    def stop(self) -> None:
        """Stop it at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=_DEADLINE)


class HAProxy(Balancer):
    """HAProxy, which asks servers whether they are ready."""

    def start(self) -> "HAProxy":
        """Start with every server taken for ready."""
        (self._folder / "key-and-cert").write_bytes(
            (self._folder / "cert").read_bytes() + (self._folder / "key").read_bytes()
        )
        changes = {
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "crt /etc/haproxy/certs/": f"crt {self._folder}/key-and-cert",
            "socket /run/haproxy/admin.sock mode": f"socket {self._folder}/s mode",
            "    log /dev/log local0\n": "",
            "    user haproxy\n": "",
            "    group haproxy\n": "",
        }
        path = self._written("haproxy.cfg", changes)
        self._run(find_program("haproxy") or "haproxy", "-db", "-f", str(path))
        return self

    def await_ready(self, name: str) -> None:
        """Return once the server of a name is sent requests."""
        await_true(lambda: self._state(name) == "UP", f"{name} is up")

    def await_left(self, name: str) -> None:
        """Return once the server of a name is sent no requests."""
        await_true(lambda: self._state(name) == "DOWN", f"{name} is down")

    def _state(self, name: str) -> str:
        """Return the first word of what the stats socket says of a server, once it is there."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(f"{self._folder}/s")
            except (FileNotFoundError, ConnectionRefusedError):
                return "STARTING"
            connection.sendall(b"show stat\n")
            table = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        header, *rows = (line.split(",") for line in table.splitlines() if line)
        of = next(row for row in rows if row[:2] == ["provisor", name])
        return of[header.index("status")].split()[0]


class Nginx(Balancer):
    """nginx, which is told what to leave out."""

    def start(self) -> "Nginx":
        """Start with every server in use."""
        temporary = "".join(
            f"    {kind}_temp_path {self._folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        changes = {
            "user www-data;": "user root;" if os.getuid() == 0 else "",
            "pid /run/nginx.pid;": f"pid {self._folder}/pid;",
            "/var/log/nginx/access.log": f"{self._folder}/access.log",
            "/var/log/nginx/error.log": f"{self._folder}/error.log",
            "/etc/nginx/certs/provisor.pem": f"{self._folder}/cert",
            "/etc/nginx/certs/provisor.key": f"{self._folder}/key",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "http {\n": f"http {{\n{temporary}",
        }
        self._path = self._written("nginx.conf", changes)
        program = find_program("nginx") or "nginx"
        self._run(program, "-c", str(self._path), "-p", str(self._folder), "-g", "daemon off;")
        return self

    def leave(self, port: int) -> None:
        """Send a server no new requests, as the shipped file says how."""
        self._change(rf"(server 127\.0\.0\.1:{port} [^;]+);", r"\1 down;")

    def use(self, port: int) -> None:
        """Send a server requests again."""
        self._change(rf"(server 127\.0\.0\.1:{port} [^;]+) down;", r"\1;")

    def _change(self, pattern: str, replacement: str) -> None:
        text, changed = re.subn(pattern, replacement, self._path.read_text())
        assert changed == 1
        self._path.write_text(text)
        assert self._process is not None
        before = self._workers()
        self._process.send_signal(signal.SIGHUP)
        await_true(lambda: not before & self._workers(), "nginx's former workers ended")

    def _workers(self) -> set[str]:
        assert self._process is not None
        master = self._process.pid
        return set(Path(f"/proc/{master}/task/{master}/children").read_text().split())
