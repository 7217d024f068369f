"""What a virtual ASA may be told to be: every point on which real boxes or documents differ.

A field is here because Cisco's documents leave the point open, because releases differ, or
because sites configure it differently. What all documents agree on is not a knob.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from asa_automate.model import Reading


class Era(StrEnum):
    """Which form the ``Inspect:`` counters line has."""

    PRE_9 = "pre-9"
    NINE = "9.x"
    NINE_FIVE = "9.5+"


@dataclass(frozen=True, slots=True)
class Wording:
    """Refusals whose words no document gives; ``{name}`` is the thing, ``{user}`` its user.

    Tools must not depend on any of them, so a test may set each to anything.
    """

    class_map_in_use: str = "ERROR: Class-map {name} is being used by {user}"
    policy_map_in_use: str = "ERROR: Policy-map {name} is being used by {user}"
    acl_in_use: str = "ERROR: Access-list {name} is being used by {user}"
    object_in_use: str = "ERROR: unable to delete object ({name}). object is being used."
    last_member: str = "Removing obj ({user}) from grp ({name}) failed; group is being used"
    member_unknown: str = "Removing obj ({user}) from grp ({name}) failed; object not found"
    group_is_empty: str = "ERROR: specified object group <{name}> has no members"
    class_map_unknown: str = "ERROR: % class-map {name} not configured"
    class_unknown: str = "ERROR: % class {name} not configured in this policy-map"
    policy_map_unknown: str = "ERROR: % policy-map {name} not configured"
    inspect_map_unknown: str = "ERROR: % {user} map {name} not configured"
    object_unknown: str = "ERROR: specified object <{name}> does not exist"
    interface_unknown: str = "ERROR: % interface {name} does not exist"
    second_global: str = "ERROR: Policy-map {user} already configured as a service policy"
    second_inspect: str = (
        "ERROR: Only one inspection is allowed in class {name};"
        " it does not match default-inspection-traffic"
    )
    no_such_inspect: str = "ERROR: % inspect {name} is not configured"
    data_unit: str = "ERROR: Configuration is not allowed on a data unit"
    connections_deleted: str = "{name} connection(s) deleted."
    connection: str = (
        "{protocol} {outside.interface} {outside.address}:{outside.port}"
        " {inside.interface} {inside.address}:{inside.port},"
        " idle {idle}, bytes {bytes}, flags {flags}"
    )
    id_taken: str = "ERROR: {name} is already in use as an {user}"


@dataclass(frozen=True, slots=True)
class Knobs:
    """The make-up of one virtual ASA; the defaults are an ordinary standalone 9.8 box.

    Args:
        reading: which class inspects a flow. ``per-engine``: the first class that has the engine
            (ASDM guides, "Managing the Order of Service Policy Rules"). ``per-class``: the first
            matching class that has any inspection (ASA 8.4 CLI guide p.42-7).
        username: accepted at login.
        password: accepted at login.
        enable_password: accepted by ``enable``.
        privileged_at_login: ``aaa authorization exec ... auto-enable``: no ``enable`` needed.
        banner: printed before anything else, lines joined by ``\\n``.
        login_history: print ``User x logged in to ...`` and the lines below it; ``None``: by the
            release.
        password_stars: echo ``*`` for each character of a password.
        pager_lines: of every new session; ``None``: what ``pager lines N`` says, else 24.
        width: of the terminal until ``terminal width`` changes it.
        scrolled_echo: a line that outgrows the width is redrawn, shifted, after a ``$``.
        hostname: of the prompt when the configuration has none.
        prompt_suffix: what ``prompt hostname priority state`` adds, such as ``/pri/act``.
        serial: when the configuration's header gives none.
        version: when the configuration's text gives none.
        product: ``ASA`` or ``PIX``, when the configuration's text gives none.
        dialect: points of :class:`asa_automate.lab.dialects.Dialect` on which the box differs
            from its release.
        hardware: as in ``show version``.
        era: form of the counters; ``None``: by the release.
        default_map_allows_tls: the built-in ESMTP map has ``allow-tls``; releases differ.
        trailing_blanks: ``inspect`` lines are printed with a blank at their end; ``None``: by the
            release.
        ask_error_reporting: the first ``configure terminal`` asks about anonymous reporting;
            ``None``: by the release, unless the configuration has the answer.
        no_inspect_where_none: what ``no inspect esmtp`` does in a class that has none.
        one_inspect_per_class: more than one ``inspect`` only in a class of
            default-inspection-traffic (ASA 7.2 CLI guide p.21-15).
        empty_class: how ``show service-policy`` prints a class without actions.
        flow_prints_map: ``show service-policy flow`` names the inspection map.
        flow_lists_idle_classes: a class that matches, but whose inspections do not act on the
            flow, is listed without an ``Input flow`` action.
        acl_ports_count: ports of an ACL count beside ``match default-inspection-traffic`` (the
            command reference says that they are ignored).
        interface_falls_through: a flow that no class of an interface policy takes for an engine
            goes on to the global policy (not documented).
        failover: ``off``, ``active`` or ``standby``.
        failover_unit: ``Primary`` or ``Secondary``; ``None``: primary if active.
        mate_serial: the mate's serial number.
        failover_states: this unit's and the mate's, as printed (``Sync Config``, ``Bulk Sync``,
            ``Failed`` ...); an empty text: what the role says.
        replication: at which command lines of the box's life, from 1, the active unit says that
            its configuration begins to be copied to the mate, and that it has been; in between
            the mate is in ``Sync Config``.
        cluster: whether it is a unit of a cluster, and which.
        flash: what ``write memory`` finds: it saves (``ok``), it fails on a ``read-only`` or
            ``full`` flash, or it says that it has saved and has not (``pretends``).
        idle_seconds: a session that is silent for longer is closed before its next line is
            executed (``ssh timeout``); ``None``: never.
        max_sessions: management sessions at a time, 5 per context on an ASA.
        denied: regular expressions; a line in which one is found is answered with ``Command
            authorization failed`` (AAA command authorization), whatever the mode.
        multiple_mode: ``show mode`` says multiple although the box has no contexts that could be
            shown. A box with contexts is a :class:`asa_automate.lab.contexts.MultipleAsa`.
        login_space: where a login over the box's address lands: the admin context, the context of
            this name, or ``system`` (the console, and a session of the chassis).
        prompt_names_context: the prompt of a context is ``box/context``; without it, as with
            ``prompt hostname``, it is the box's in every space.
        context_lists_all: ``show context`` lists all contexts in each of them, not only its own.
        changeto_resets_pager: after ``changeto`` the pager is as at login.
        failover_groups: the state of failover group 1, 2 on this unit, in multiple mode; which
            group a context belongs to stands in its block of the system configuration.
        wording: the refusals that are only guessed.
    """

    reading: Reading = Reading.PER_ENGINE
    username: str = "admin"
    password: str = field(default="admin", repr=False)
    enable_password: str = field(default="enable", repr=False)
    privileged_at_login: bool = False
    banner: str = ""
    login_history: bool | None = None
    password_stars: bool = True
    pager_lines: int | None = None
    width: int = 80
    scrolled_echo: bool = True
    hostname: str = "ciscoasa"
    prompt_suffix: str = ""
    serial: str = "9AVIRTUAL01"
    version: str = "9.8(2)"
    product: Literal["ASA", "PIX"] = "ASA"
    dialect: Mapping[str, Any] = field(default_factory=dict, hash=False)
    hardware: str = "ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz"
    era: Era | None = None
    default_map_allows_tls: bool = False
    trailing_blanks: bool | None = None
    ask_error_reporting: bool | None = None
    no_inspect_where_none: Literal["silent", "error"] = "silent"
    one_inspect_per_class: bool = True
    empty_class: Literal["bare", "omitted"] = "bare"
    flow_prints_map: bool = True
    flow_lists_idle_classes: bool = False
    acl_ports_count: bool = False
    interface_falls_through: bool = False
    failover: Literal["off", "active", "standby"] = "off"
    failover_unit: Literal["Primary", "Secondary"] | None = None
    mate_serial: str = "9AVIRTUAL99"
    failover_states: tuple[str, str] = ("", "")
    replication: tuple[int, int] | None = None
    cluster: Literal["off", "control", "data"] = "off"
    flash: Literal["ok", "read-only", "full", "pretends"] = "ok"
    idle_seconds: float | None = None
    max_sessions: int = 5
    denied: tuple[str, ...] = ()
    multiple_mode: bool = False
    login_space: str = ""
    prompt_names_context: bool = True
    context_lists_all: bool = False
    changeto_resets_pager: bool = False
    failover_groups: tuple[Literal["active", "standby"], ...] = ()
    wording: Wording = field(default_factory=Wording)
