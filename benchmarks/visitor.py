"""A browser, as small as can be: one keep-alive connection and its cookies. The faults' and the benchmarks' client.

It leaves the processor to the server: sockets and string searching, no parsing of pages.
"""

import re
import socket
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

LONGEST_WAIT_SECONDS = 60
HIDDEN = re.compile(rb'name="(csrfmiddlewaretoken|form_key)"[^>]*?value="([^"]*)"')

Fields = Mapping[str, str | int | Iterable[str | int]]


class Answer(NamedTuple):
    """What the server said; header names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


class Visitor:
    """One person at the site of a port on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"localhost:{port}"
        self.cookies: dict[str, str] = {}
        self.known: dict[str, str] = {}  # the hidden fields of a form, for one who sends it again and again
        self.etag = ""
        self._socket: socket.socket | None = None
        self._rest = b""

    def twin(self) -> "Visitor":
        """The same browser in a second tab: another connection, the same cookies."""
        other = Visitor(self.port)
        other.cookies = dict(self.cookies)
        return other

    def get(self, path: str, **headers: str) -> Answer:
        """A page; `If_None_Match=…` adds a header."""
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, fields: Fields) -> Answer:
        """Send a form."""
        body = urlencode(fields, doseq=True).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, body: bytes, **headers: str) -> Answer:
        """Send JSON as a device at the door does; `Authorization="Device …"` says which."""
        return self._ask("POST", path, body, {"Content-Type": "application/json", **headers})

    def close(self) -> None:
        """Hang up."""
        if self._socket:
            self._socket.close()
            self._socket, self._rest = None, b""

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        request = "\r\n".join([*lines, "", ""]).encode() + body
        try:
            return self._exchange(request)
        except ConnectionError:  # the server closed an idle connection, as it may
            if method != "GET":
                raise
            self.close()
            return self._exchange(request)

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), LONGEST_WAIT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            self._receive()
        head, self._rest = self._rest[:end].decode("latin-1"), self._rest[end + 4 :]
        first, *lines = head.split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        status = int(first.split(" ", 2)[1])
        length = 0 if status == 304 else int(headers.get("content-length", 0))
        while len(self._rest) < length:
            self._receive()
        body, self._rest = self._rest[:length], self._rest[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _receive(self) -> None:
        assert self._socket
        if not (received := self._socket.recv(262_144)):
            raise ConnectionResetError("The server closed the connection.")
        self._rest += received

    # --- Registering --------------------------------------------------------------------------------------------------
    def open_form(self, path: str = "/fi/register/") -> dict[str, str]:
        """The hidden fields of a form that has been fetched."""
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return {name.decode(): value.decode() for name, value in HIDDEN.findall(answer.body)}

    def send_form(self, fields: Fields, path: str = "/fi/register/") -> Answer:
        """Send the form; the answer to a registration is 303 to the page that says so."""
        return self.post(path, fields)

    def visit(self, person: Fields, path: str = "/fi/register/") -> None:
        """A whole registration: the form, the post, the page after it."""
        answer = self.send_form({**self.open_form(path), **person}, path)
        assert answer.status == 303, f"{path}: {answer.status}"
        assert self.get(urlsplit(answer.headers["location"]).path).status == 200
