"""Who is told of alerts: a stream of JSON lines, syslog, and whatever apprise can reach."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from asa_automate.collect.alerts.rules import To
from asa_automate.collect.alerts.syslog import Syslog
from asa_automate.device.secret_sources import look_up
from asa_automate.errors import BadInput
from asa_automate.store.alerts import Told


class Place(Protocol):
    """One that is told; ``name`` is stored until it has been, so it holds no secret."""

    name: str

    def tell(self, told: Told) -> None:
        """Tell it, or raise."""


def as_json(told: Told) -> dict[str, object]:
    """An alert as an object; ``time`` in UTC."""
    return {
        "alert": told.rule,
        "event": told.event,
        "device": told.device,
        "severity": told.severity,
        "time": instant(told.at),
        "value": told.value,
        "text": told.text,
    }


def instant(at: float) -> str:
    """Seconds since the epoch as ISO 8601 writes them."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Lines:
    """JSON lines, one alert each."""

    name = "lines"

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def tell(self, told: Told) -> None:
        """Write it."""
        self._write(json.dumps(as_json(told)) + "\n")


class Apprise:
    """A service that apprise knows, at a URL that a reference stands for.

    Raises:
        BadInput: apprise is not installed, nothing is behind the reference, or it is no URL.
    """

    def __init__(self, reference: str, url: str) -> None:
        try:
            import apprise
        except ModuleNotFoundError as error:
            raise BadInput(
                f"apprise {reference}: needs the Python package apprise (asa-automate[alerts])"
            ) from error
        self.name = f"apprise:{reference}"
        self._kinds = {
            "critical": apprise.NotifyType.FAILURE,
            "warning": apprise.NotifyType.WARNING,
            "info": apprise.NotifyType.INFO,
        }
        self._well = apprise.NotifyType.SUCCESS
        self._service = apprise.Apprise()
        if not self._service.add(url):
            raise BadInput(f"apprise {reference}: what is behind it is no URL of apprise")

    def tell(self, told: Told) -> None:
        """Send it.

        Raises:
            OSError: the service did not take it; apprise does not say why.
        """
        kind = self._well if told.event == "resolved" else self._kinds[told.severity]
        title = f"{told.event}: {told.rule} on {told.device}"
        if not self._service.notify(body=told.text, title=title, notify_type=kind):
            raise OSError("the service did not take it")


def places_of(to: To, env: Mapping[str, str]) -> list[Place]:
    """Those that a file of rules names; the references to URLs are looked up in ``env``.

    Raises:
        BadInput: one of them cannot be told anything.
    """
    found: list[Place] = [Syslog(to.syslog)] if to.syslog else []
    return [*found, *(Apprise(one, _url(one, env)) for one in to.apprise)]


def _url(reference: str, env: Mapping[str, str]) -> str:
    url = look_up(reference, env).strip()
    if not url:
        raise BadInput(f"{reference}: nothing is there; set it before the next run")
    return url


def names_of(places: Iterable[Place]) -> tuple[str, ...]:
    """What is stored of them."""
    return tuple(place.name for place in places)
