"""What each counter of the ESMTP inspection means for mail, in a mail operator's words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """``harm``: whether mail is lost or weakened where the counter rises."""

    text: str
    harm: bool


#: The beginning of a counter's name -> what it means. Sources: Cisco's ASDM guide, "ESMTP
#: inspection", and the Postfix documentation of `smtp_pix_workarounds`.
MEANINGS = {
    "mask-banner": Meaning(
        "The server's greeting was starred out: about one per SMTP session that is inspected.",
        harm=False,
    ),
    "match ehlo-reply-parameter others": Meaning(
        "STARTTLS, CHUNKING or others were X-ed out of the EHLO reply: mail may go unencrypted.",
        harm=True,
    ),
    "match cmd line length": Meaning(
        "A command line was too long; the connection was dropped.", harm=True
    ),
    "match cmd RCPT count": Meaning(
        "A message had too many recipients; the connection was dropped.", harm=True
    ),
    "match body line length": Meaning(
        "A body line was longer than 998; by default only logged.", harm=False
    ),
    "match header line length": Meaning(
        "A header line was longer than 998; the connection was dropped, and the mail with it.",
        harm=True,
    ),
    "match sender-address length": Meaning(
        "A sender's address was too long; the connection was dropped.", harm=True
    ),
    "match MIME filename length": Meaning(
        "An attachment's name was too long; the connection was dropped.", harm=True
    ),
    "packets": Meaning("Packets that the inspection saw.", harm=False),
    "drops": Meaning("Packets that the inspection dropped: timeouts on both sides.", harm=True),
    "reset_drops": Meaning("Packets dropped with a reset: connections that were cut.", harm=True),
    "lock_fails": Meaning("Packets that met a busy inspection engine.", harm=False),
}
UNKNOWN = Meaning("Not in our table; see the match in the policy-map.", harm=False)


def meaning_of(name: str) -> Meaning:
    """What a counter means; its name with or without ``match`` in front."""
    for begin, meaning in MEANINGS.items():
        if name.startswith((begin, begin.removeprefix("match "))):
            return meaning
    return UNKNOWN
