#!/usr/bin/env bash
# requests 2.34.2 with urllib3 2.8.0: HTTPAdapter(max_retries=3) repeats a PUT and a DELETE that the server has answered.
#
# Expected: as requests documents the number, it applies to failed look-ups and connections, "never to requests where data
# has made it to the server"; the caller gets the 503.
# Seen: an answer 503 (413 and 429 likewise) with Retry-After is waited for and the request is sent again, with its content,
# as often as the number says, and the caller hears of none of them. urllib3 repeats those three statuses although no
# status was asked for. Without Retry-After, and for POST, the 503 is returned at once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
"$folder/venv/bin/python" - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from requests.adapters import HTTPAdapter

received = []


class Busy(BaseHTTPRequestHandler):
    def answer(self):
        received.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response(503 if len(received) < 3 else 200)
        if self.path == "/says-when":
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_DELETE = do_POST = answer

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.mount("http://", HTTPAdapter(max_retries=3))
seen = {}
for method, path in (("PUT", "/says-when"), ("DELETE", "/says-when"), ("POST", "/says-when"), ("PUT", "/")):
    received.clear()
    answer = session.request(method, f"http://127.0.0.1:{server.server_port}{path}", data=b"invoice", timeout=10)
    seen[method, path] = answer.status_code, received.count(b"invoice")
    print(method, path, *seen[method, path])
assert seen == {
    ("PUT", "/says-when"): (200, 3),
    ("DELETE", "/says-when"): (200, 3),
    ("POST", "/says-when"): (503, 1),
    ("PUT", "/"): (503, 1),
}, "changed"
PYTHON
