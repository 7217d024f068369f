"""The tables of the store, as data: what each row is, and in which units.

Every instant is a UTC epoch in whole microseconds (SQLite would drop a time zone); sequence
numbers, not clocks, say what came first. Text that a device or a person wrote goes through
`Words`, because neither SQLite nor PostgreSQL takes every string that Python can hold.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

SCHEMA_VERSION = 3
MICROSECONDS = 1_000_000

metadata = MetaData()


class Instant(TypeDecorator[float]):
    """Seconds since the epoch in Python, whole microseconds in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else round(value * MICROSECONDS)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> float | None:
        del dialect
        return None if value is None else value / MICROSECONDS


def storable(text: str) -> str:
    """The text as both databases give it back: stray bytes and NUL escaped."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


class Words(TypeDecorator[str]):
    """Text that may hold bytes which were no UTF-8 (lone surrogates) or NUL: kept, escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else storable(value)


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("plan_id", Words),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),
    Column("operator", Words, nullable=False),
    Column("parent", Text),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

run_devices = Table(
    "run_devices",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    Column("device", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("context", Words),
    Column("serial", Words),
    Column("status", Text, nullable=False),
    Column("outcome", Words),
    Column("reason", Words),
    Column("before_fingerprint", Words),
    Column("after_fingerprint", Words),
    Column("payload", Text, nullable=False),
)

# `seq` is given out by the head row under a lock, so that it has no gaps by nature and a gap
# means a removed record.
journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("run_id", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("monotonic", Instant, nullable=False),
    Column("host", Words, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("journal_of_device", "run_id", "device"),
)

# One row: the last record written. A journal that ends earlier was cut.
journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

# A released lease keeps its row, because its fence must never be given out twice.
leases = Table(
    "leases",
    metadata,
    Column("key", Words, primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("holder", Words),
    Column("host", Words),
    Column("pid", BigInteger),
    Column("birth", Text),
    Column("since", Instant),
    Column("expires", Instant),
)

probes = Table(
    "probes",
    metadata,
    Column("serial", Words, primary_key=True),
    Column("version", Words, primary_key=True),
    Column("reading", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", Words, nullable=False),
)

spent_plans = Table(
    "spent_plans",
    metadata,
    Column("plan_id", Words, primary_key=True),
    Column("device", Words, primary_key=True),
    Column("at", Instant, nullable=False),
)

# `slot` is the scheduled instant that a sample answers; null for one taken by hand. `changing`
# marks one taken while the firewall was being changed (null: written before schema 2).
samples = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("device", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("slot", Instant),
    Column("serial", Words),
    Column("uptime", BigInteger),
    Column("complete", Boolean, nullable=False),
    Column("parser", Text, nullable=False),
    Column("unparsed", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("changing", Boolean),
    UniqueConstraint("device", "slot"),
    Index("samples_of_device", "device", "id"),
    sqlite_autoincrement=True,
)

# What a counter counts, stored once; "" stands for what the text did not say (a null would
# make two equal rows distinct).
series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("device", Words, nullable=False),
    Column("scope", Words, nullable=False),
    Column("policy", Words, nullable=False),
    Column("class", Words, nullable=False),
    Column("engine", Words, nullable=False),
    Column("map", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("action", Words, nullable=False),
    UniqueConstraint("device", "scope", "policy", "class", "engine", "map", "name", "action"),
)

# The sample comes first in the key: what is written together lies together, at the end.
counters = Table(
    "counters",
    metadata,
    Column("sample_id", Integer, ForeignKey("samples.id"), primary_key=True),
    Column("series_id", Integer, ForeignKey("series.id"), primary_key=True),
    Column("value", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# A firewall that was to be sampled and was not: a gap that is visible as one.
gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("device", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("slot", Instant),
    Column("reason", Text, nullable=False),
    Column("message", Words, nullable=False),
    Index("gaps_of_device", "device", "id"),
    sqlite_autoincrement=True,
)

# One row per counter and hour: `added` sums the increments that are known, `breaks` counts the
# readings without one (an epoch began), `value` and `epoch` are those of the last reading.
hourly = Table(
    "hourly",
    metadata,
    Column("series_id", Integer, ForeignKey("series.id"), primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("added", BigInteger, nullable=False),
    Column("readings", Integer, nullable=False),
    Column("breaks", Integer, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Index("hourly_of_hour", "hour"),
    sqlite_with_rowid=False,
)

# How far a device's samples were rolled up ("rolled"), and up to which they were thrown away
# ("kept"); `state` (JSON) is what reading the next sample needs to know of those before.
marks = Table(
    "marks",
    metadata,
    Column("device", Words, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("sample_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
)

# What `check` said of a firewall's gateways; `classed`: whether the counters of that moment had
# our class, so that a change since then is seen. `gateways` (JSON): address -> state.
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("device", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("classed", Boolean, nullable=False),
    Column("fingerprint", Words),
    Column("gateways", Text, nullable=False),
    Index("verdicts_of_device", "device", "id"),
    sqlite_autoincrement=True,
)

# Where each alert rule stands on each firewall; no row: nothing is wrong. `since` is when that
# began, `baseline` what a rule that watches for drift holds for the wanted state.
alerts = Table(
    "alerts",
    metadata,
    Column("rule", Words, primary_key=True),
    Column("device", Words, primary_key=True),
    Column("state", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("fired", Instant),
    Column("value", Float),
    Column("baseline", Text),
)

# What alerts had to say, written with the state that it speaks of; `due` (JSON) lists the
# places that have not heard it yet.
alert_events = Table(
    "alert_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("rule", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("event", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("value", Float),
    Column("text", Words, nullable=False),
    Column("due", Words, nullable=False),
    sqlite_autoincrement=True,
)
