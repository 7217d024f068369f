"""The rules over the store: what changed is stored with the state it changed to, then told.

So nothing fires anew after a restart; and what could not be told (a syslog that is away, a kill
right after the write) is told the next time: at least once, and rarely twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from asa_automate.collect.alerts.measure import Facts, measured
from asa_automate.collect.alerts.places import Place, names_of
from asa_automate.collect.alerts.rules import AnyRule, Exemption, OfCounters, Rule, RuleFile
from asa_automate.collect.alerts.standing import Event, Phase, Standing, stepped
from asa_automate.collect.exemption import state_of
from asa_automate.collect.live import Live
from asa_automate.errors import UsageError
from asa_automate.inventory.limits import select
from asa_automate.model import Device
from asa_automate.store.alerts import Row, Told, heard, locked_rows, replace_rows, tell, unheard
from asa_automate.store.engine import Store
from asa_automate.store.runs import RunStatus, list_runs
from asa_automate.store.samples import history, last_success
from asa_automate.store.values import State

#: What could not be told for so long is old news.
OLD_NEWS = 86_400.0


@dataclass(frozen=True, slots=True)
class Watch:
    """The rules, each with the names of its firewalls, and those who are told.

    Args:
        exempting_class: name of the class of our exemption.
        failed: told which place could not be told, and why.
    """

    store: Store
    rules: Sequence[tuple[AnyRule, frozenset[str]]]
    devices: Sequence[str]
    places: Sequence[Place]
    exempting_class: str
    failed: Callable[[str, Exception], None]

    def look(self, now: float) -> list[Told]:
        """Judge all rules, store what changed, tell it; what changed.

        Raises:
            StoreRefused: the store cannot be read or written; nothing was told.
        """
        facts = self._facts(now)
        events = self._judge(facts, now)
        self._tell(now)
        return events

    def firing(self) -> list[Row]:
        """The rules that fire now, or are not sure yet that they no longer do."""
        wanted = {(rule.name, device) for rule, named in self.rules for device in named}
        with self.store.read() as connection:
            rows = locked_rows(connection)
        return [
            row
            for key, row in sorted(rows.items())
            if key in wanted and row.state in (Phase.FIRING, Phase.CLEARING)
        ]

    def waiting(self) -> bool:
        """Whether somebody of ours has not heard something yet."""
        ours = set(names_of(self.places))
        return any(ours.intersection(due) for _, _, due in unheard(self.store))

    def _facts(self, now: float) -> list[Facts]:
        last = last_success(self.store)
        rules = [rule for rule, _ in self.rules]
        window = max((r.window for r in rules if isinstance(r, OfCounters)), default=None)
        drift = any(isinstance(rule, Exemption) for rule in rules)
        states = self._states() if drift else {}
        changed = last_changes(self.store) if drift else {}
        return [
            Facts(
                device,
                last.get(device),
                history(self.store, device, since=now - window) if window else (),
                states.get(device),
                changed.get(device),
            )
            for device in self.devices
        ]

    def _states(self) -> Mapping[str, tuple[State, float]]:
        found = (
            (one.device, state_of(one, self.exempting_class)) for one in Live(self.store).now()
        )
        return {device: state for device, state in found if state}

    def _judge(self, facts: Iterable[Facts], now: float) -> list[Told]:
        by_name = {one.device: one for one in facts}
        events: list[Told] = []
        with self.store.write() as connection:
            old = locked_rows(connection, alone=True)
            new: dict[tuple[str, str], Row | None] = {}
            for rule, named in self.rules:
                for device in sorted(named):
                    key = (rule.name, device)
                    row, told = judged(rule, by_name[device], old.get(key), now)
                    new[key] = row
                    events += [told] if told else []
            replace_rows(connection, {k: v for k, v in new.items() if v != old.get(k)})
            tell(connection, events, names_of(self.places))
        return events

    def _tell(self, now: float) -> None:
        away: set[str] = set()
        for number, told, due in unheard(self.store):
            left = [] if told.at < now - OLD_NEWS else self._told(told, due, away)
            if left != due:
                heard(self.store, number, left)

    def _told(self, told: Told, due: list[str], away: set[str]) -> list[str]:
        """Tell those of ``due`` that are ours; who is left."""
        left = list(due)
        for place in self.places:
            if place.name not in due or place.name in away:
                continue
            try:
                place.tell(told)
            except Exception as error:  # a service's own library may raise anything
                away.add(place.name)
                self.failed(place.name, error)
            else:
                left.remove(place.name)
        return left


def judged(
    rule: Rule, facts: Facts, row: Row | None, now: float
) -> tuple[Row | None, Told | None]:
    """How a rule stands on a firewall from now on, and what is to be said of it."""
    old = _standing(row)
    found = measured(rule, facts, now, old.baseline)
    new, event = stepped(old, found.level, now, rule.patience)
    new = replace(new, value=found.value, baseline=found.baseline)
    told = None
    if event:
        text = found.text if event is Event.FIRING else f"{found.text} (resolved)"
        told = Told(now, rule.name, facts.device, event, rule.severity, found.value, text)
    if new.state is Phase.OK and new.baseline is None:
        return None, told
    return (
        Row(rule.name, facts.device, new.state, new.since, new.fired, new.value, new.baseline),
        told,
    )


def _standing(row: Row | None) -> Standing:
    if row is None:
        return Standing()
    return Standing(Phase(row.state), row.since, row.fired, row.value, row.baseline)


def scoped(file: RuleFile, devices: Sequence[Device]) -> list[tuple[AnyRule, frozenset[str]]]:
    """Each rule with the names of its firewalls.

    Raises:
        BadInput: a rule is for firewalls that there are not; with file and line.
    """
    found = []
    for index, rule in enumerate(file.rules.alerts):
        try:
            chosen = select(devices, rule.limits)
        except UsageError as error:
            raise file.refusal(index, error.message.replace("--limit", "limit")) from error
        found.append((rule, frozenset(device.name for device in chosen)))
    return found


def last_changes(store: Store) -> dict[str, float]:
    """When the latest run of ours on each firewall ended, refused ones left out."""
    found: dict[str, float] = {}
    for run in list_runs(store):
        for one in run.devices:
            if run.finished is not None and one.status is not RunStatus.REFUSED:
                found[one.device] = max(found.get(one.device, 0.0), run.finished)
    return found
