"""What is not installed with the program alone, and how it is added."""

from importlib.util import find_spec

from asa_automate.errors import UsageError


def need_distributed() -> None:
    """Say it before something is imported that is not there.

    Raises:
        UsageError: the extra ``distributed`` is not installed.
    """
    missing = [name for name in ("procrastinate", "psycopg") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"this needs {' and '.join(missing)}: pip install 'asa-automate[distributed]'"
        )
