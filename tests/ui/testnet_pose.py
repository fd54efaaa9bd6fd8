"""Practice endpoints that say they are the test network, so that a set-up for real has nodes to believe."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

PRACTICE_ID, TESTNET_ID = 63456, 1


def posed(value: object) -> object:
    """The same answer with the test network's id."""
    if isinstance(value, dict):
        return {
            name: TESTNET_ID if name == "network_id" and entry == PRACTICE_ID else posed(entry)
            for name, entry in value.items()
        }
    return [posed(entry) for entry in value] if isinstance(value, list) else value


@contextmanager
def posing_as_testnet(url: str) -> Iterator[str]:
    """Address of a server on loopback that passes each call on to ``url``."""

    class Passing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(url, body, {"Content-Type": "application/json"})
            with urlopen(request, timeout=20) as answer:
                data = json.dumps(posed(json.load(answer))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *_arguments: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
