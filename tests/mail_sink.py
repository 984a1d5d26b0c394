"""A mail server that keeps what it is handed, on the loopback address."""

import base64
import socketserver
import ssl
import threading
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


class MailSink:
    """Takes mail over SMTP (RFC 5321), with AUTH PLAIN, and with STARTTLS or TLS if told so.

    :param certificate: a file of a certificate and its key, where it is to speak TLS
    """

    def __init__(
        self, certificate: Path | None = None, *, is_tls_from_the_start: bool = False
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.credentials: list[bytes] = []
        self.refusing = 0
        """How many more letters are refused for now."""

        self.context = None
        if certificate is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.is_tls_from_the_start = is_tls_from_the_start
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    @property
    def subjects(self) -> list[str]:
        return [letter["Subject"] for letter in self.letters]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self, sink: MailSink) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.sink = sink


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        # a client that does not trust the certificate goes away in the middle of the handshake
        with suppress(ssl.SSLError, ConnectionError):
            if self.server.sink.is_tls_from_the_start:
                self._speak_tls()
            self._say("220 sink")
            self._converse()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _converse(self) -> None:
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(verb.upper(), rest)

    def _answer(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO":
                offers = ["AUTH PLAIN"]
                if self.server.sink.context and not isinstance(self.request, ssl.SSLSocket):
                    offers.append("STARTTLS")
                self._say("250-sink", *(f"250-{offer}" for offer in offers), "250 8BITMIME")
            case "STARTTLS":
                self._say("220 go on")
                self._speak_tls()
            case "AUTH":
                self.server.sink.credentials.append(base64.b64decode(rest.partition(" ")[2]))
                self._say("235 welcome")
            case "MAIL" if self.server.sink.refusing:
                self.server.sink.refusing -= 1
                self._say("451 not now")
            case "DATA":
                self._say("354 go on")
                self.server.sink.letters.append(self._read_letter())
                self._say("250 taken")
            case _:
                self._say("250 fine")

    def _read_letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        letter = message_from_bytes(b"".join(lines), EmailMessage, policy=default)
        assert isinstance(letter, EmailMessage)
        return letter

    def _speak_tls(self) -> None:
        assert self.server.sink.context is not None
        self.request = self.server.sink.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
