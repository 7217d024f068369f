"""A small server that answers as Vault's KV engine does (Vault API: KV 1, KV 2, sys/internal)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

from tests.canaries import TOKEN


class _Vault(BaseHTTPRequestHandler):
    secrets: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    mounts: ClassVar[Mapping[str, str]] = {}

    def do_GET(self) -> None:
        path = self.path.removeprefix("/v1/")
        if self.headers.get("X-Vault-Token") != TOKEN:
            return self._answer(403, {"errors": ["permission denied"]})
        if path.startswith("moved/"):
            self.send_response(302)
            self.send_header("Location", f"/v1/{path.removeprefix('moved/')}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if path.startswith("sys/internal/ui/mounts/"):
            mount = f"{path.split('/')[4]}/"
            options = {"version": self.mounts[mount]} if self.mounts.get(mount) else None
            return self._answer(200, {"data": {"path": mount, "options": options}})
        mount, _, rest = path.partition("/")
        name = f"{mount}/{rest.removeprefix('data/')}"
        found = self.secrets.get(name)
        if found is None:
            return self._answer(404, {"errors": []})
        versioned = rest.startswith("data/")
        return self._answer(200, {"data": {"data": found} if versioned else found})

    def _answer(self, code: int, body: Mapping[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests print enough."""


@contextmanager
def vault(
    secrets: Mapping[str, Mapping[str, str]], mounts: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The environment that leads there.

    Args:
        secrets: path with its mount, as in ``vault kv get``, -> fields.
        mounts: mount with its slash -> version of its KV engine, ``""`` for the first one.
    """
    handler = type("_Served", (_Vault,), {"secrets": secrets, "mounts": mounts})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.server_address[:2]
        yield {"VAULT_ADDR": f"http://{host!s}:{port}", "VAULT_TOKEN": TOKEN}
        server.shutdown()
