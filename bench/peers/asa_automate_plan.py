"""The program itself: from the text to a proved plan."""

import sys
import time

from asa_automate.cli.memory import settle
from asa_automate.config.reader import read_running
from asa_automate.model import Exemption, Identity
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from bench.peers.timed import measure

_GATEWAYS = sys.argv[3:]


def _work(text: str) -> tuple[DevicePlan, float]:
    start = time.perf_counter()
    running = read_running(text)
    read = time.perf_counter() - start
    request = Request(
        device="bench",
        context=None,
        identity=Identity(
            hostname=running.hostname, serial=running.serial, version=running.tree.version
        ),
        exemptions=(Exemption.model_validate({"name": "bench", "gateways": _GATEWAYS}),),
    )
    return plan_device(request, running), read


def _answer(made: tuple[DevicePlan, float]) -> dict[str, object]:
    plan, read = made
    proved = plan.status == "change" and plan.proof is not None and plan.proof.holds
    lines = [command.line for command in plan.commands] if proved else [f"{plan.reason}"]
    return {"plan": lines, "read_seconds": read}


if __name__ == "__main__":
    settle()  # as the command line does
    measure("asa-automate", _work, _answer)
