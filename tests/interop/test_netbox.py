"""NetBox as source, by pynetbox, from a small server that speaks its API."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from asa_automate.cli.main import run
from asa_automate.inventory import load

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def device(number: int, name: str | None, address: str | None, **more: Any) -> dict[str, Any]:
    """A device as NetBox 4 prints it, cut to what matters."""
    return {
        "id": number,
        "name": name,
        "role": {"id": 1, "name": "Firewall", "slug": "firewall"},
        "site": {"id": 1, "name": "Amsterdam", "slug": "ams"},
        "serial": f"9A{number}",
        "primary_ip": {"id": 1, "address": address} if address else None,
        "tags": [{"id": 1, "name": "EMEA", "slug": "emea"}],
        "custom_fields": {"asa_automate_context": None, "api_token": "canary", "rack": "R1"},
    } | more


DEVICES = [
    device(1, "ams-fw1", "192.0.2.1/24"),
    device(2, "ams-fw2", "2001:db8::2/64", custom_fields={"asa_automate_context": "mail"}),
    device(3, "spare", None),
]


@dataclass
class NetBox:
    """A server, and the queries that it was asked."""

    url: str
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    page: int = 2


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    found: list[NetBox] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            if self.headers.get("Authorization") not in (f"Token {TOKEN}", f"Bearer {TOKEN}"):
                return self.answer(403, {"detail": "Invalid token"})
            if where.path != "/api/dcim/devices/":
                return self.answer(404, {"detail": "Not found."})
            words = parse_qs(where.query)
            found[0].asked.append(words)
            first = int(words.get("offset", ["0"])[0])
            last = first + found[0].page
            more = f"{found[0].url}/api/dcim/devices/?role=firewall&offset={last}&limit=2"
            return self.answer(
                200,
                {
                    "count": len(DEVICES),
                    "next": more if last < len(DEVICES) else None,
                    "previous": None,
                    "results": DEVICES[first:last],
                },
            )

        def answer(self, code: int, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("API-Version", "4.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        found.append(NetBox(f"http://127.0.0.1:{server.server_port}"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found[0]
        server.shutdown()


def imported(tmp_path: Path, url: str, *words: str) -> int:
    place = ("--inventory", str(tmp_path / "inventory"))
    return run(["inventory", "import", "netbox", url, *words, *place])


def test_devices_of_a_role(
    netbox: NetBox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NETBOX_TOKEN", TOKEN)

    assert 0 == imported(tmp_path, netbox.url, "--filter", "role=firewall")

    one, two = load(tmp_path / "inventory").devices
    assert ("ams-fw1", "192.0.2.1", "ams", "9A1") == (one.name, one.host, one.site, one.serial)
    assert ("firewall", "emea") == one.groups
    assert "R1" == one.data["rack"]
    assert ("2001:db8::2", "mail") == (two.host, two.context)
    assert all(["firewall"] == asked["role"] for asked in netbox.asked)
    assert 2 == len(netbox.asked), "page by page"
    assert "spare: it has no name, or no primary address" in capsys.readouterr().err
    written = "".join(p.read_text() for p in (tmp_path / "inventory").iterdir())
    assert "canary" not in written
    assert TOKEN not in written


def test_a_wrong_token(netbox: NetBox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 65 == imported(tmp_path, netbox.url)

    assert "NetBox refuses" in capsys.readouterr().err
    assert not (tmp_path / "inventory").exists()


def test_no_netbox_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 4 == imported(tmp_path, "http://127.0.0.1:1")

    assert "no NetBox answers there" in capsys.readouterr().err


def test_a_filter_that_is_none(tmp_path: Path) -> None:
    assert 64 == imported(tmp_path, "http://127.0.0.1:1", "--filter", "firewall")
