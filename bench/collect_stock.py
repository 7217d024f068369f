"""netmiko's own driver for the ASA reading the same texts, a round for each line of stdin.

``python -m bench.collect_stock PORT...``: as its documentation shows, in as many threads.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from netmiko import ConnectHandler

from bench.collect_ours import AT_A_TIME

COMMANDS = ("show service-policy inspect esmtp", "show version")


def read(port: int) -> bool:
    """Both texts of one firewall; whether they came."""
    link = ConnectHandler(
        device_type="cisco_asa",
        host="127.0.0.1",
        port=port,
        username=os.environ["ASA_AUTOMATE_USERNAME"],
        password=os.environ["ASA_AUTOMATE_PASSWORD"],
        secret=os.environ["ASA_AUTOMATE_ENABLE"],
        conn_timeout=60,
        banner_timeout=60,
        auth_timeout=60,
    )
    try:
        link.enable()
        texts = [str(link.send_command(command, read_timeout=60)) for command in COMMANDS]
    finally:
        link.disconnect()
    return "Inspect: esmtp" in texts[0] and "Serial Number" in texts[1]


def main() -> None:
    """Rounds, and what each cost."""
    ports = list(map(int, sys.argv[1:]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            good = sum(pool.map(_tried, ports))
        said = {
            "cpu": time.process_time() - cpu,
            "wall": time.perf_counter() - wall,
            "good": good,
        }
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _tried(port: int) -> bool:
    try:
        return read(port)
    except Exception:  # whatever the driver raises; a failure is counted
        return False


if __name__ == "__main__":
    main()
