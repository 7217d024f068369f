"""The metrics in Prometheus' words: as text, and over HTTP for a scraper."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.exposition import generate_latest as as_openmetrics
from prometheus_client.registry import Collector, CollectorRegistry

from asa_automate.collect.metrics import Metric, Series

Read = Callable[[], Mapping[Metric, Series]]
Family = CounterMetricFamily | GaugeMetricFamily


class _FromStore(Collector):
    """Asks anew at each scrape."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterator[Family]:
        for metric, series in self._read().items():
            yield _family(metric, series)

    def describe(self) -> Iterable[Family]:
        """Nothing: registering must not read the store."""
        return []


def _family(metric: Metric, series: Series) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in sorted(series.items()):
        family.add_metric(labels, value)
    return family


def registry_of(read: Read) -> CollectorRegistry:
    """What a scrape asks."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_FromStore(read))
    return registry


def openmetrics(read: Read) -> str:
    """The metrics as OpenMetrics text, ``# EOF`` at its end."""
    text = as_openmetrics(registry_of(read))  # type: ignore[no-untyped-call]  # it has none
    return bytes(text).decode()


@contextmanager
def listening(
    read: Read, host: str, port: int, *, token: str | None, failed: Callable[[Exception], None]
) -> Iterator[ThreadingHTTPServer]:
    """A server of ``/metrics`` on that address; the caller runs ``serve_forever``.

    Args:
        token: what ``Authorization: Bearer`` must bring; ``None``: everybody may read.
        failed: told why a scrape was answered with 503.

    Raises:
        OSError: the address cannot be had.
    """
    server = _Server((host, port), registry_of(read), token, failed)
    try:
        yield server
    finally:
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Hands each scraper to a thread of its own."""

    def __init__(
        self,
        address: tuple[str, int],
        registry: CollectorRegistry,
        token: str | None,
        failed: Callable[[Exception], None],
    ) -> None:
        self.registry = registry
        self.token = token
        self.failed = failed
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers one scraper."""

    server: _Server
    server_version = "asa-automate"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """`/metrics`, for those who may."""
        if self.path.partition("?")[0] != "/metrics":
            self._answer(404, b"only /metrics is here\n")
        elif not self._may():
            self._answer(401, b"a token is needed\n", **{"WWW-Authenticate": "Bearer"})
        else:
            self._metrics()

    def _may(self) -> bool:
        if self.server.token is None:
            return True
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode())

    def _metrics(self) -> None:
        encoder, kind = choose_encoder(self.headers.get("Accept", ""))
        try:
            text = encoder(self.server.registry)
        except Exception as error:  # the scraper sees that it failed, and the server lives
            self.server.failed(error)
            self._answer(503, b"the store cannot be read\n")
            return
        self._answer(200, text, **{"Content-Type": kind})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "text/plain; charset=utf-8"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Scrapes are not news."""
