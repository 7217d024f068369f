"""A check as JUnit XML, for a pipeline: one testcase for each device and gateway.

Written to the schema that Jenkins publishes for its xUnit plugin (junit-10.xsd): ``testsuites`` of
``testsuite`` of ``testcase`` with at most one ``failure`` or ``error``.
"""

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from asa_automate.plan.verdicts import DeviceCheck, GatewayCheck, State
from asa_automate.report.check import finding_line, reason_lines, summary

_NAME = "asa-automate check"
#: What XML 1.0 has no place for, and what could fool a terminal that shows the file.
_UNSAFE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u200a\u2010-\u2027\u2030-\u205f\u2070-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef"
    "\U00010000-\U0001fffd]"
)


def junit(devices: Sequence[DeviceCheck]) -> str:
    """The whole document, with its declaration."""
    suites = ET.Element("testsuites", name=_NAME)
    for one in devices:
        _suite(suites, one)
    for name in ("tests", "failures", "errors"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, "unicode")}\n'


def _suite(suites: ET.Element, one: DeviceCheck) -> None:
    suite = ET.SubElement(suites, "testsuite", name=_plain(one.device))
    if one.status != "checked":
        for name in [f"gateway {g}" for g in one.wanted] or ["no exemption"]:
            error = ET.SubElement(_case(suite, one, name), "error", type=one.status)
            error.set("message", _plain(one.reason or one.status))
    elif not one.check.gateways:
        _case(suite, one, "no exemption")
    for gateway in one.check.gateways if one.status == "checked" else ():
        _judged(_case(suite, one, f"gateway {gateway.gateway}"), gateway)
    if one.check.findings:
        said = ET.SubElement(suite, "system-out")
        said.text = _plain("\n".join(finding_line(f).strip() for f in one.check.findings))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))


def _case(suite: ET.Element, one: DeviceCheck, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_plain(one.device), name=_plain(name))


def _judged(case: ET.Element, gateway: GatewayCheck) -> None:
    if gateway.state is State.EXEMPT:
        return
    failure = ET.SubElement(case, "failure", type=gateway.state.value)
    failure.set("message", _plain(f"{gateway.state}: {_joined(summary(gateway).splitlines())}"))
    failure.text = _plain("\n".join(reason_lines(gateway)))


def _joined(lines: Iterable[str]) -> str:
    return "; ".join(lines)


def _plain(text: str) -> str:
    """Text of a device as XML may hold it, everything else made visible."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
