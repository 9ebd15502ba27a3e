"""A Hugging Face hub of one model on this machine, which can break off and damage what it sends."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
LARGE = (".safetensors", ".bin", ".spm")  # what a hub keeps in LFS, with its sha256


class Hub:
    """Serves the files of a folder as `org/name`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.name = name
        self.url = ""
        self.broken: list[str] = []  # sent to the half, then the connection ends: once each
        self.damaged: set[str] = set()  # sent with one byte changed
        self.asked: list[tuple[str, str]] = []  # file, Range

    def tree(self) -> list[dict[str, Any]]:
        """The listing with sizes and checksums."""
        return [self._entry(name, data) for name, data in self.files.items()]

    def _entry(self, name: str, data: bytes) -> dict[str, Any]:
        git = hashlib.sha1(b"blob %d\0%b" % (len(data), data)).hexdigest()
        entry: dict[str, Any] = {"type": "file", "path": name, "size": len(data), "oid": git}
        if name.endswith(LARGE):
            sha256 = hashlib.sha256(data).hexdigest()
            entry["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": 130}
        return entry

    def etag(self, name: str) -> str:
        """sha256 of a large file, git's hash of a small one."""
        entry = self._entry(name, self.files[name])
        return str(entry["lfs"]["oid"] if "lfs" in entry else entry["oid"])


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            api = f"/api/models/{hub.name}"
            file = re.fullmatch(rf"/{hub.name}/resolve/[^/]+/(.+)", path)
            if path in (api, f"{api}/revision/main"):
                siblings = [{"rfilename": name} for name in hub.files]
                self._json({"id": hub.name, "sha": COMMIT, "siblings": siblings})
            elif path.startswith(f"{api}/tree/"):
                self._json(hub.tree())
            elif file and file[1] in hub.files:
                self._file(file[1], body=body)
            else:
                self.send_response(404)
                if path.startswith("/api/models/"):
                    self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _json(self, value: object) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _file(self, name: str, *, body: bool) -> None:
            data, wanted = hub.files[name], self.headers.get("Range", "")
            if name in hub.damaged:
                data = data[:-1] + bytes([data[-1] ^ 1])
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(data) - start))
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hub.etag(name)}"')
            if name.endswith(LARGE):
                self.send_header("X-Linked-Etag", f'"{hub.etag(name)}"')
                self.send_header("X-Linked-Size", str(len(data)))
            self.end_headers()
            if not body:
                return
            hub.asked.append((name, wanted))
            if name in hub.broken:
                hub.broken.remove(name)
                self.wfile.write(data[start : start + len(data) // 2])
                self.close_connection = True
            else:
                self.wfile.write(data[start:])

    return Handler


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """While this runs, the hub answers at its `url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
