"""Whether ``write memory`` saved."""

from asa_automate.show.templates import lines_of

#: What an answer that failed carries. Sources: the command reference for ``write memory``, and
#: answers that public device mocks play back (``%Error copying system:/running-config``).
FAILURES = (
    "[FAILED]",
    "%Error",
    "% Error",
    "ERROR:",
    "Error executing command",
    "Invalid input",
    "Command authorization failed",
)


def save_succeeded(text: str) -> bool:
    """True only when a line ends in ``[OK]`` and nothing in the answer speaks of a failure."""
    saved = any(line.rstrip().endswith("[OK]") for line in lines_of(text))
    return saved and not any(failure in text for failure in FAILURES)
