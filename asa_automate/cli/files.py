"""Files that a command writes for the user."""

import os
import tempfile
from pathlib import Path

from asa_automate.errors import BadInput


def keep(path: Path, text: str, encoding: str = "ascii") -> None:
    """Write a file that is whole or not there, readable by its owner alone.

    Raises:
        BadInput: it cannot be written there.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding=encoding, dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            file.write(text)
        os.replace(file.name, path)  # noqa: PTH105  # the same as Path.replace, named by its law
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from error
