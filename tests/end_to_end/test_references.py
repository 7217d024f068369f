"""Secrets by reference, of every kind at once: the program logs in with them and keeps none."""

from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.lab.samples import ordinary
from tests.canaries import TOKEN
from tests.device.vault import vault

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

#: A keyring that the package keyring itself finds, by PYTHON_KEYRING_BACKEND.
BACKEND = """
from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return "@" if (service, username) == ("asa", "admin") else None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


def test_each_firewall_has_another_kind(bench: "Bench", tmp_path: Path) -> None:
    names = ("keyring", "vault", "file", "systemd")
    site = bench.site(
        **{n: bench.box(text=ordinary(n, serial=f"9A{i}")) for i, n in enumerate(names)}
    )
    planted = tmp_path / "planted"
    units = planted / "credentials"
    units.mkdir(parents=True)
    for name, secret in (("asa_automate_password", bench.password), ("enable", bench.enable)):
        (units / name).write_text(secret)
        (units / name).chmod(0o400)
    (planted / "memory.py").write_text(BACKEND.replace('"@"', repr(bench.password)))
    data = {
        "keyring": "{password: 'keyring:asa/admin', enable: 'env:OTHER'}",
        "vault": "{password: 'vault:kv/asa#pw', enable: 'vault:kv/asa#en'}",
        "file": f"{{password: 'file:{units}/asa_automate_password', enable: 'file:enable'}}",
        "systemd": "{enable: 'file:enable'}",
    }
    lines = (
        f"{n}: {{hostname: 127.0.0.1, port: {site.lab.ports[n]},"
        f" data: {{credentials: {data[n]}}}}}\n"
        for n in names
    )
    (site.inventory / "hosts.yaml").write_text("".join(lines))

    with vault({"kv/asa": {"pw": bench.password, "en": bench.enable}}, {"kv/": "2"}) as env:
        surroundings = env | {
            "ASA_AUTOMATE_PASSWORD": None,
            "ASA_AUTOMATE_ENABLE": None,
            "OTHER": bench.enable,
            "PYTHONPATH": f"{planted}:{site.env['PYTHONPATH']}",
            "PYTHON_KEYRING_BACKEND": "memory.Keyring",
            "CREDENTIALS_DIRECTORY": str(units),
        }
        site.run("inventory", "lint", env=surroundings).must_be(0)
        site.run("plan", "--out", "plan.json", "-vv", env=surroundings).must_be(0)
        site.run("apply", "plan.json", "--yes", "-vv", env=surroundings).must_be(0)

    assert all(not bench.inspected(box)["in"] for box in site.boxes.values())
    assert [] == site.leaks()
    assert not [s for s in site.said if TOKEN in s.out + s.err]
