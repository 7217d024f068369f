"""The bench of the end-to-end tests."""

from tests.end_to_end.conftest import bench as bench  # a fixture
