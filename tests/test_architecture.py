"""The house stands as ARCHITECTURE.md draws it.

The floors and the other contracts of import-linter are in pyproject.toml. Here stand the rules
that hold for modules that nobody has written yet: what is not named as an exception is ruled.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from importlinter import cli as import_linter

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "asa_automate"

#: Folders whose modules are pure unless they are named in EDGES.
PURE_UNLESS_NAMED = ("apply", "collect", "device", "lab")

#: Modules of those folders that touch the world, each with what it touches.
EDGES = {
    "asa_automate.collect.alerts.places": "tells people over whatever apprise can reach",
    "asa_automate.collect.alerts.syslog": "sends to a syslog of this host",
    "asa_automate.collect.alerts.watch": "reads the store, and writes how rules stand to it",
    "asa_automate.collect.collector": "reads many firewalls side by side",
    "asa_automate.collect.rounds": "waits for many firewalls in threads",
    "asa_automate.collect.schedule": "keeps the time",
    "asa_automate.collect.exporter": "answers a scraper over HTTP",
    "asa_automate.collect.live": "follows the samples in the store",
    "asa_automate.collect.rollup": "reads samples from the store, and writes figures to it",
    "asa_automate.device.credentials": "reads secrets at the last moment",
    "asa_automate.device.secret_sources": "reads files, the keyring and Vault",
    "asa_automate.device.hostile": "bounds what the SSH library reads",
    "asa_automate.device.hostkeys": "asks a server for its host key",
    "asa_automate.device.jump": "connects to jump hosts",
    "asa_automate.device.lane": "a channel of the SSH library",
    "asa_automate.device.kex": "key exchanges of the SSH library",
    "asa_automate.device.legacy": "reads the algorithms of a connection",
    "asa_automate.device.netmiko_transport": "owns the socket",
    "asa_automate.device.reader": "waits: the default clock is the machine's",
    "asa_automate.device.session": "the same",
    "asa_automate.device.ssh": "names the algorithms of the SSH library and connects",
    "asa_automate.lab.ssh_options": "host keys and algorithms of the SSH library",
    "asa_automate.lab.ssh_server": "listens on the loopback address",
}

#: What a pure module may not reach, not even through another one.
WORLD = (
    *(
        "asyncio",
        "concurrent",
        "multiprocessing",
        "random",
        "secrets",
        "time",
        "uuid",
    ),
    *("asyncssh", "http", "netmiko", "nornir", "paramiko", "requests", "selectors", "smtplib"),
    *("socket", "ssl", "subprocess", "urllib"),
    *("click", "rich", "sqlalchemy", "sqlite3", "typer"),
)

#: A library is named in one place, where its exceptions and types become ours.
SEAMS = {
    "apprise": ("collect",),
    "apscheduler": ("collect",),
    "asyncssh": ("lab",),
    "cryptography": ("cli", "device.kex", "plan"),
    "hvac": ("device",),
    "jinja2": ("report",),
    "keyring": ("device",),
    "markupsafe": ("report",),
    "netmiko": ("device",),
    "nornir": ("inventory", "nornir_tasks"),
    "paramiko": ("device",),
    "procrastinate": ("fleet",),
    "prometheus_client": ("collect",),
    "pynetbox": ("inventory",),
    "requests": ("inventory",),
    "rich": ("cli", "report"),
    "ruamel": ("inventory",),
    "sqlalchemy": ("store",),
    "textfsm": ("show",),
    "typer": ("cli",),
}

#: What nobody here needs: children (which would get an environment), code made of text.
NEVER = ("marshal", "pickle", "pty", "shelve", "subprocess")

#: All that the virtual firewall may know of us: texts to trees, shared words, errors.
LAB_MAY_IMPORT = (
    "asa_automate.lab",
    "asa_automate.config.tree",
    "asa_automate.model",
    "asa_automate.errors",
)

#: A clock or a file opened by its own hand; in the core both are arguments.
HANDS_ON = {"now", "utcnow", "today", "open", "input", "print", "read_text", "write_text"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom; imports inside functions and those for types only count too."""
    return grimp.build_graph("asa_automate", include_external_packages=True, cache_dir=None)


def modules_of(graph: grimp.ImportGraph, *folders: str) -> list[str]:
    return sorted(
        module
        for folder in folders
        for module in {f"asa_automate.{folder}"} | graph.find_descendants(f"asa_automate.{folder}")
    )


def test_contracts_of_import_linter_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = import_linter.lint_imports(
        config_filename=str(ROOT / "pyproject.toml"), no_cache=True
    )

    assert 0 == status, capsys.readouterr().out


def test_every_folder_and_module_has_exactly_one_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = next(contract for contract in contracts["contracts"] if contract["id"] == "floors")
    named = [name.strip() for floor in floors["layers"] for name in floor.split("|")]

    rooms = {path.stem for path in PACKAGE.iterdir() if is_room(path)} - {"__init__"}

    assert floors["exhaustive"]
    assert sorted(rooms) == sorted(named)


def is_room(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))


def test_every_folder_with_code_is_a_package() -> None:
    """One without ``__init__.py`` would be invisible to the graph, and so to every rule here."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}

    assert [] == [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_what_is_not_named_an_edge_is_pure(graph: grimp.ImportGraph) -> None:
    reached = [
        " -> ".join(chain)
        for module in modules_of(graph, *PURE_UNLESS_NAMED)
        if module not in EDGES
        for library in WORLD
        if library in graph.modules
        and (chain := graph.find_shortest_chain(importer=module, imported=library))
    ]

    assert [] == reached


def test_every_edge_exists_and_touches_the_world(graph: grimp.ImportGraph) -> None:
    idle = [
        edge
        for edge in EDGES
        if edge not in graph.modules
        or not any(
            graph.find_shortest_chain(importer=edge, imported=library)
            for library in WORLD
            if library in graph.modules
        )
    ]

    assert [] == idle


@pytest.mark.parametrize("library", SEAMS)
def test_a_library_is_named_at_its_seam_only(graph: grimp.ImportGraph, library: str) -> None:
    if library not in graph.modules:
        return  # nobody imports it yet, which breaks no rule
    at_home = modules_of(graph, *SEAMS[library])

    strangers = graph.find_modules_that_directly_import(library) - set(at_home)

    assert set() == strangers


def test_the_virtual_firewall_imports_only_what_it_may(graph: grimp.ImportGraph) -> None:
    foreign = {
        (module, imported)
        for module in modules_of(graph, "lab")
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith("asa_automate.")
        and not any(
            imported == known or imported.startswith(f"{known}.") for known in LAB_MAY_IMPORT
        )
    }

    assert set() == foreign


def test_the_core_reads_no_clock_and_opens_no_file() -> None:
    folders = ("config", "plan", "simulate")
    calls = [
        f"{path.relative_to(ROOT)}:{line}: {name}()"
        for folder in folders
        for path in sorted((PACKAGE / folder).rglob("*.py"))
        for line, name in calls_in(path)
        if name in HANDS_ON
    ]

    assert [] == calls


def calls_in(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield node.lineno, name


def test_no_child_is_started_and_no_data_is_turned_into_code(graph: grimp.ImportGraph) -> None:
    """A child would get our environment, and a pickle is a program."""
    direct = {
        library: sorted(graph.find_modules_that_directly_import(library))
        for library in NEVER
        if library in graph.modules
    }
    assert all(modules == [] for modules in direct.values()), direct
