"""What is wrong with the documents: problems with file, line and what to do."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from asa_automate.inventory.document import Document, Loc
from asa_automate.inventory.forms import literal_secret
from asa_automate.inventory.problems import Problem, did_you_mean, is_slip_of
from asa_automate.inventory.schema import (
    FILES,
    ConnectionOptions,
    Credentials,
    Data,
    Defaults,
    ExemptionEntry,
    Exemptions,
    Host,
    Ssh,
)
from asa_automate.references import reference

#: Keys whose values are secrets, wherever they stand.
_SECRET_KEY = re.compile(
    r".*(pass(word|wd|phrase|code)|secret|token|private_?key|api_?key).*|pass|pwd|pw|enable(_.*)?"
)

#: What pydantic calls a mistake -> what we call it.
_MISTAKES = {
    "missing": "'{key}' is missing",
    "dict_type": "must be a mapping (key: value), even if it is empty: {{}}",
    "model_type": "must be a mapping (key: value), even if it is empty: {{}}",
    "model_attributes_type": "must be a mapping (key: value), even if it is empty: {{}}",
    "list_type": "must be a list: [one, two]",
    "bool_type": "must be true or false",
    "too_short": "must name at least one",
}


def shape_problems(document: Document, name: str) -> Iterator[Problem]:
    """Unknown keys and values of the wrong form.

    Args:
        name: which of :data:`FILES` it is.
    """
    try:
        FILES[name].validate_python(document.value)
    except ValidationError as error:
        for mistake in error.errors(include_url=False, include_input=False):
            yield document.problem(_place(document, mistake["loc"]), _words(name, mistake))


def secret_problems(document: Document) -> Iterator[Problem]:
    """Secrets that stand in the file themselves."""
    for loc, value in _walk(document.value, ()):
        key = str(loc[-1]).lower().replace("-", "_") if loc else ""
        if isinstance(value, dict | list) or value is None or not _SECRET_KEY.fullmatch(key):
            continue
        if not (isinstance(value, str) and reference(value)):
            yield document.problem(loc, literal_secret(str(loc[-1])))


def slip_problems(document: Document) -> Iterator[Problem]:
    """Keys of data that are a slip of the fingers away from one that means something."""
    for loc, _ in _walk(document.value, ()):
        if len(loc) < 2 or loc[-2] != "data" or "extras" in loc:
            continue
        key = str(loc[-1])
        meant = [known for known in Data.model_fields if is_slip_of(key, known)]
        if meant and key not in Data.model_fields:
            yield document.problem(loc, f"unknown key '{key}'; did you mean '{meant[0]}'?")


def group_problems(hosts: Document, groups: Document | None) -> Iterator[Problem]:
    """Groups that do not exist, and groups that contain themselves."""
    known = list(groups.value) if groups and isinstance(groups.value, dict) else []
    for document in filter(None, (hosts, groups)):
        for loc, name in _group_names(document.value):
            if name not in known:
                hint = did_you_mean(name, known) or "; there is no groups.yaml with groups in it"
                yield document.problem(loc, f"the group '{name}' does not exist{hint}")
    if groups:
        parents = _parents(groups.value)
        for name in parents:
            if name in _above(name, parents):
                yield groups.problem((name,), f"the group '{name}' contains itself")


def case_problems(hosts: Document) -> Iterator[Problem]:
    """Names that differ in nothing but case: their folders of saved texts could be one."""
    seen: dict[str, str] = {}
    for name in hosts.value if isinstance(hosts.value, dict) else ():
        other = seen.setdefault(str(name).casefold(), name)
        if other != name:
            yield hosts.problem((name,), f"'{name}' and '{other}' differ in case only; rename one")


def _place(document: Document, loc: Loc) -> Loc:
    """pydantic's place without the parts that are not in the file (``[key]``, type names)."""
    place: Loc = ()
    for part in loc:
        if (*place, part) in document.lines:
            place = (*place, part)
    return place


def _words(name: str, mistake: Any) -> str:
    loc = mistake["loc"]
    key = str(loc[-1]) if loc else ""
    if mistake["type"] == "extra_forbidden":
        return f"unknown key '{key}'{did_you_mean(key, _known(name, loc))}"
    if mistake["type"] == "enum":
        return f"'{key}' must be {mistake['ctx']['expected']}"
    named = next((str(part) for part in reversed(loc) if isinstance(part, str)), "")
    if named == "[key]":
        return f"the key '{loc[-2]}' {mistake['msg']}"
    ours = _MISTAKES.get(mistake["type"])
    # The message may hold what stands in the file: it is never a format.
    text = ours.format(key=key) if ours else str(mistake["msg"])
    return text if text.startswith("'") else f"'{named}' {text}" if named else text


def _known(name: str, loc: Loc) -> list[str]:
    """The keys of the entry at ``loc[:-1]``."""
    inner: Mapping[str, type[BaseModel]] = {
        "ssh": Ssh,
        "credentials": Credentials,
        "data": Data,
    }
    around = loc[-2] if len(loc) > 1 else None
    if around in inner:
        return list(inner[str(around)].model_fields)
    if len(loc) > 2 and loc[-3] == "connection_options":
        return list(ConnectionOptions.model_fields)
    if name == "exemptions":
        return list((ExemptionEntry if len(loc) > 1 else Exemptions).model_fields)
    return list((Defaults if name == "defaults" else Host).model_fields)


def _walk(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    yield loc, value
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _walk(inner, (*loc, key))


def _group_names(value: Any) -> Iterator[tuple[Loc, str]]:
    for name, entry in value.items() if isinstance(value, dict) else ():
        listed = entry.get("groups") if isinstance(entry, dict) else None
        for index, group in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(group, str):
                yield (name, "groups", index), group


def _parents(value: Any) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for loc, group in _group_names(value):
        parents.setdefault(str(loc[0]), []).append(group)
    return parents


def _above(name: str, parents: Mapping[str, list[str]]) -> set[str]:
    """All groups that are reached from ``name``."""
    found: set[str] = set()
    todo = list(parents.get(name, ()))
    while todo:
        group = todo.pop()
        if group not in found:
            found.add(group)
            todo.extend(parents.get(group, ()))
    return found
