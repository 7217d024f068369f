"""Drop counters of an answer, and whether they rise."""

import pytest

from asa_automate.fleet.drops import drops_of, rises

TEXT = """\
Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
    Class-map: ESA_EXEMPT_ESMTP
      Inspect: esmtp _default_esmtp_map, packet {packets}, drop {drops}, reset-drop 0
        mask-banner, count {packets}
"""


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (TEXT.format(packets=5, drops=2), TEXT.format(packets=90, drops=2), None),
        (
            TEXT.format(packets=5, drops=2),
            TEXT.format(packets=5, drops=9),
            "global_policy ESA_EXEMPT_ESMTP: 7 more dropped",
        ),
        ("", TEXT.format(packets=5, drops=1), "global_policy ESA_EXEMPT_ESMTP: 1 more dropped"),
        (TEXT.format(packets=5, drops=9), TEXT.format(packets=0, drops=0), None),  # cleared
        ("", "", None),
    ],
)
def test_rises(before: str, after: str, wanted: str | None) -> None:
    assert wanted == rises(drops_of(before), drops_of(after))
