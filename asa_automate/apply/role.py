"""Which unit of a pair, and which execution space of a box, may be changed at all."""

from asa_automate.apply.ports import Session
from asa_automate.config.running import RunningConfig
from asa_automate.config.system import is_clustered
from asa_automate.device.contexts import FAILOVER, must_name_its_context, runs_contexts
from asa_automate.device.refusals import REPLICATION
from asa_automate.errors import Incomplete, Refused, Replicating
from asa_automate.show.cluster import cluster_role
from asa_automate.show.device import FailoverFacts, parse_failover

CLUSTER = "show cluster info"
#: A box without the command has no failover.
_UNKNOWN_COMMAND = "Invalid input detected"


def must_be_a_target(session: Session, device: str, context: str | None) -> FailoverFacts:
    """Refuse a box in multiple mode without a context, a standby unit, a pair in replication.

    Args:
        context: that the plan is for; the session must be in the same.

    Returns:
        What the box says of its pair; that of its system execution space, where that was asked.

    Raises:
        Replicating: a configuration is on its way from unit to unit.
        Incomplete: it does not say which of them it is.
    """
    must_be_in(session, device, context)
    text = session.show(FAILOVER)
    must_be_active(text, device)
    if context is None:
        must_be_single(session)
    elif FAILOVER in session.chassis:
        text = session.chassis[FAILOVER]
        must_not_replicate(text, device)
    return parse_failover(text)


def must_be_in(session: Session, device: str, context: str | None) -> None:
    """Refuse a session whose context is not the one that the plan, or the run, is for."""
    if session.context != context:
        here, there = session.context or "no context", context or "no context"
        raise Refused(f"the plan is for {there}, and the inventory says {here}", device=device)


def must_lead(session: Session, device: str, running: RunningConfig) -> None:
    """Refuse a unit of a cluster that is not its control unit, which alone is configured.

    Source: ASA CLI guides 9.0 on, cluster: configuration changes on the control unit only.

    Raises:
        Incomplete: it does not say which of them it is.
    """
    if is_clustered(running.tree):
        must_be_control_unit(session.show(CLUSTER), device)


def must_be_control_unit(text: str, device: str) -> None:
    """The same by its answer to ``show cluster info``."""
    role = cluster_role(text)
    if role is None:
        raise Incomplete(f"its answer to `{CLUSTER}` cannot be read", device=device)
    if role == "data":
        raise Refused(
            "this is not the control unit of its cluster; connect to the cluster's main address",
            device=device,
        )


def must_be_single(session: Session) -> None:
    """Refuse a box in multiple mode, with the contexts that the inventory may name."""
    if runs_contexts(session):
        raise must_name_its_context(session)


def must_be_active(text: str, device: str) -> None:
    """Refuse what is not surely the active unit, by its answer to ``show failover``.

    Raises:
        Incomplete: it cannot be read.
    """
    failover = parse_failover(text)
    if failover.enabled is None and _UNKNOWN_COMMAND not in text:
        raise Incomplete("its answer to `show failover` cannot be read", device=device)
    if failover.enabled and failover.state is None:
        raise Refused(standby(failover), device=device)
    must_not_stand_by(text, device)


def must_not_stand_by(text: str, device: str) -> None:
    """Refuse a standby unit, a context whose group stands by here, and a pair in replication.

    A text that says nothing about it, one that was saved in part, is let pass.
    """
    failover = parse_failover(text)
    known = failover.state is not None or failover.group_states
    if failover.enabled and known and failover.state != "active":
        raise Refused(standby(failover), device=device)
    must_not_replicate(text, device)


def must_not_replicate(text: str, device: str) -> None:
    """Refuse a pair one of whose units is being given its configuration."""
    state = parse_failover(text).replicating
    if state or REPLICATION.search(text):
        raise Replicating(
            f"its failover pair is in replication ({state or 'as it says itself'}); "
            "try again when both units are in sync",
            device=device,
        )


def standby(failover: FailoverFacts) -> str:
    """The reason for which a unit, or a context on it, is not the one to change."""
    if failover.state is None and len(set(failover.group_states)) > 1:
        states = ", ".join(f"{n} {s}" for n, s in enumerate(failover.group_states, 1))
        return (
            f"its failover groups differ on this unit ({states}): "
            "`show failover` must come from the context itself"
        )
    if failover.unit is None and failover.state:
        return f"this context is {failover.state} on this unit; connect to the other one"
    return (
        f"this is the {failover.state or 'undetermined'} unit of a failover pair; "
        "connect to the active one"
    )
