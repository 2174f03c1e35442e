#!/usr/bin/env bash
# requests 2.34.2 with urllib3 2.8.0: an answer that is preceded by 103 Early Hints is taken to be the hints.
#
# Expected: an interim answer is read past, as RFC 9110 (15.2) asks of each client, and as happens to 100 Continue. The
# caller sees the final status and its content.
# Seen: status 103 without content and without an error (raise_for_status passes, json() fails); the final answer is not
# read. Whoever serves an API behind a proxy that sends hints has clients that believe in an empty success. It comes from
# http.client, which skips only 100; httpx reads past both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2 urllib3==2.8.0 httpx==0.28.1
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import threading

import httpx
import requests

FINAL = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
INTERIM = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "103": b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
}


def serve(listener: socket.socket, answer: bytes) -> None:
    for _ in range(2):
        connection, _ = listener.accept()
        with connection:
            while b"\r\n\r\n" not in connection.recv(65536):
                pass
            connection.sendall(answer)


seen = {}
for name, interim in INTERIM.items():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener, interim + FINAL), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answer = requests.get(url, timeout=10)
        answer.raise_for_status()
        seen["requests", name] = answer.status_code, answer.content
        answer = httpx.get(url, timeout=10, trust_env=False)
        seen["httpx", name] = answer.status_code, answer.content
for case, outcome in seen.items():
    print(*case, *outcome)
assert seen == {
    ("requests", "100"): (200, b"{}"),
    ("requests", "103"): (103, b""),
    ("httpx", "100"): (200, b"{}"),
    ("httpx", "103"): (200, b"{}"),
}, seen
PYTHON
