#!/usr/bin/env bash
# requests 2.34.2 with urllib3 2.8.0: compressed content that ends too early is taken for the whole.
#
# Expected: an error, as for plain content that is shorter than its Content-Length, and as gzip.decompress() raises.
# Seen: status 200 with the part that was there and no error. Where a program compresses what comes from another and that one
# ends early, the length fits what was sent, and only the gzip trailer is missing. A file of lines is shorter, a PDF has no
# end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
"$folder/venv/bin/python" - <<'PYTHON'
import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

LINES = b"".join(b"%d;invoice %d\n" % (number, number) for number in range(5000))
PACKED = {"gzip": gzip.compress(LINES), "identity": LINES}


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        coding, part = self.path.strip("/").split("/")
        content = PACKED[coding] if part == "whole" else PACKED[coding][:-2000]
        self.send_response(200)
        if coding != "identity":
            self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(PACKED[coding] if coding == "identity" else content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
seen = {}
for coding in PACKED:
    for part in ("whole", "cut"):
        try:
            answer = requests.get(f"http://127.0.0.1:{server.server_port}/{coding}/{part}", timeout=10)
            seen[coding, part] = "all" if answer.content == LINES else f"{answer.status_code} and a part"
        except requests.RequestException as error:
            seen[coding, part] = type(error).__name__
        print(coding, part, seen[coding, part])
assert {seen[coding, "whole"] for coding in PACKED} == {"all"}
assert seen["gzip", "cut"] == "200 and a part", "changed"
assert seen["identity", "cut"] == "ChunkedEncodingError"
PYTHON
