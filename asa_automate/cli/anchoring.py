"""The store of a changing command: when it is let go, the head of its journal is kept outside."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.settings import Settings, private_directory
from asa_automate.errors import AsaAutomateError

if TYPE_CHECKING:
    from asa_automate.store.engine import Store


def anchors_file(settings: Settings) -> Path:
    """Where the heads of journals are kept: beside, not inside, the store."""
    return settings.state_dir / "audit-heads"


@contextmanager
def anchored_store(settings: Settings) -> "Iterator[Store]":
    """The store, open while the block runs; then one line more in :func:`anchors_file`.

    That this line cannot be written makes no change a failed one: it is left out.
    """
    from asa_automate.store import anchors
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        try:
            yield store
        finally:
            with suppress(AsaAutomateError):
                private_directory(settings.state_dir)
                anchors.append(store, anchors_file(settings), time.time())
