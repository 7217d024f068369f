"""What each counter of the ESMTP inspection means for mail, in a mail operator's words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a counter says.

    Args:
        harm: whether mail is lost or weakened where it rises.
        seen: what the mail systems on both sides log then.
    """

    text: str
    harm: bool
    seen: str = ""


#: Cisco doc 117801, "Problem"; what a dropped connection looks like from a mail gateway.
LOST = (
    "The ESA logs `Message aborted MID`, `Receiving aborted` with the ICID lost and closed, and"
    " for outbound mail a connection error of the DCID, `[Error 60] Operation timed out`. The"
    " sender hears nothing, times out, and tries again with the same mail."
)


#: The beginning of a counter's name -> what it means. Sources: Cisco's ASDM guide, "ESMTP
#: inspection", and the Postfix documentation of `smtp_pix_workarounds`.
MEANINGS = {
    "mask-banner": Meaning(
        "The server's greeting was starred out: about one per SMTP session that is inspected.",
        harm=False,
        seen="A Postfix logs `enabling PIX workarounds`: it says HELO, and so never asks for TLS.",
    ),
    "match ehlo-reply-parameter others": Meaning(
        "STARTTLS, CHUNKING or others were X-ed out of the EHLO reply: mail may go unencrypted.",
        harm=True,
        seen="A sender that insists on TLS defers (Postfix: `TLS is required, but was not"
        " offered`); one that may do without sends in clear, and logs nothing.",
    ),
    "match cmd line length": Meaning(
        "A command line was too long; the connection was dropped.", harm=True, seen=LOST
    ),
    "match cmd RCPT count": Meaning(
        "A message had too many recipients; the connection was dropped.", harm=True, seen=LOST
    ),
    "match body line length": Meaning(
        "A body line was longer than 998; by default only logged.",
        harm=False,
        seen="Nothing, where the action is log alone.",
    ),
    "match header line length": Meaning(
        "A header line was longer than 998; the connection was dropped, and the mail with it.",
        harm=True,
        seen=LOST,
    ),
    "match sender-address length": Meaning(
        "A sender's address was too long; the connection was dropped.", harm=True, seen=LOST
    ),
    "match MIME filename length": Meaning(
        "An attachment's name was too long; the connection was dropped.", harm=True, seen=LOST
    ),
    "packets": Meaning("Packets that the inspection saw.", harm=False),
    "drops": Meaning(
        "Packets that the inspection dropped: timeouts on both sides.", harm=True, seen=LOST
    ),
    "reset_drops": Meaning(
        "Packets dropped with a reset: connections that were cut.",
        harm=True,
        seen="Both sides log a connection that the peer reset.",
    ),
    "lock_fails": Meaning("Packets that met a busy inspection engine.", harm=False),
}
UNKNOWN = Meaning("Not in our table; see the match in the policy-map.", harm=False)


def meaning_of(name: str) -> Meaning:
    """What a counter means; its name with or without ``match`` in front."""
    said = name.lower()
    for begin, meaning in MEANINGS.items():
        if said.startswith((begin.lower(), begin.lower().removeprefix("match "))):
            return meaning
    return UNKNOWN
