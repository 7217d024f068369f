"""Virtual firewalls in a process of their own: ``python -m bench.collect_farm COUNT``.

Prints one line of JSON, name -> [port, host key], and ends when its stdin does; for each line that
it reads before it prints what the boxes have seen so far.
"""

import json
import sys

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import serve

COUNTER = ("global", "global_policy", "inspection_default", "esmtp", "packet")
#: So that a stock driver's session and ours may overlap.
KNOBS = Knobs(max_sessions=5)


def boxes(count: int) -> dict[str, VirtualAsa]:
    """Each with a packet count of its own, by which a mixed-up sample would be known."""
    found = {}
    for number in range(count):
        name = f"fw{number:04}"
        box = VirtualAsa(ordinary(name, serial=f"9AFARM{number:05}"), KNOBS)
        box.counters[COUNTER] = number + 1
        found[name] = box
    return found


def main() -> None:
    """Serve until nobody listens."""
    farm = boxes(int(sys.argv[1]))
    with serve(farm) as lab:
        where = {name: [lab.ports[name], lab.host_keys[name]] for name in farm}
        _say(where)
        for _ in sys.stdin:
            _say(
                {
                    "sessions": sum(box.counts.sessions for box in farm.values()),
                    "refused": sum(box.counts.logins_refused for box in farm.values()),
                    "config_lines": sum(box.counts.config_lines for box in farm.values()),
                    "open": sum(box.open_sessions for box in farm.values()),
                }
            )


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
