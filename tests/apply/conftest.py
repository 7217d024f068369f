"""Rigs and judges for the tests of an apply."""

from collections.abc import Callable

import pytest

from tests.apply.judge import Judge
from tests.apply.rig import Rig, make_rig


@pytest.fixture
def rigs() -> Callable[..., Rig]:
    """``rigs(config, knobs, faults)``: a rig around a new box."""
    return make_rig


@pytest.fixture
def rig() -> Rig:
    return make_rig()


@pytest.fixture
def judges() -> Callable[..., Judge]:
    """``judges(rig, apply)``: the judge of what ``apply`` does to boxes like that of ``rig``."""

    def make(rig: Rig, change: Callable[[Rig], object], *gateways: str) -> Judge:
        old = rig.box.running
        change(rig)
        return Judge(old, rig.box.running, rig.box.knobs, gateways)

    return make
