"""A mail server that behaves as badly as it is told to."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from threading import Barrier, Event, Thread
from typing import Any


@dataclass
class Arrived:
    recipient: str
    content: str

    def read(self) -> Any:
        return message_from_bytes(self.content.encode())


@dataclass
class Postbox:
    """What has arrived, and how the server behaves: good, or one of the vices below."""

    port: int = 0
    vice: str = ""
    mails: list[Arrived] = field(default_factory=list)
    has_text: Event = field(default_factory=Event)
    # Those who call wait for each other here.
    meeting: Barrier | None = None
    may_go_on: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        return sorted(mail.recipient for mail in self.mails)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    postbox: Postbox

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed leaves in the middle of a word."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        postbox, recipient = self.server.postbox, ""
        if postbox.vice == "silent":
            postbox.may_go_on.wait()
            return
        if postbox.meeting:
            postbox.meeting.wait(timeout=30)
        self._say("220 mail.example ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                if postbox.vice in ("unknown", "greylisting"):
                    permanent = postbox.vice == "unknown"
                    self._say(
                        f"550 5.1.1 {recipient} unknown" if permanent else f"451 4.7.1 {recipient} later"
                    )
                    continue
            if word == "DATA":
                self._say("354 go ahead")
                text = self._text()
                if postbox.vice != "refusing the text":
                    postbox.mails.append(Arrived(recipient, text))
                postbox.has_text.set()
                if postbox.vice == "dropping":
                    return
                if postbox.vice == "hanging":
                    postbox.may_go_on.wait()
                    return
                if postbox.vice == "refusing the text":
                    self._say("554 5.6.0 no")
                    continue
            self._say("221 bye" if word == "QUIT" else "250 ok")

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())

    def _text(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
        return "".join(f"{line.removeprefix('.')}\n" for line in lines)


@contextmanager
def mail_server() -> Iterator[Postbox]:
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.postbox = Postbox(server.server_address[1])
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.postbox
        finally:
            server.postbox.may_go_on.set()
            server.shutdown()
