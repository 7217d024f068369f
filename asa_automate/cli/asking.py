"""Which configuration the flags of ``simulate`` choose, and whether a flow fits it."""

from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, UsageError

if TYPE_CHECKING:
    from asa_automate.config.running import RunningConfig
    from asa_automate.simulate.flow import Flow


def running_of(settings: Settings, config: Path | None, from_dir: Path | None) -> "RunningConfig":
    """The one configuration that the flags choose: a file, a saved text or a device's own."""
    from asa_automate.cli.planning import from_devices, from_directory, must_not_be_the_system
    from asa_automate.config.reader import read_running
    from asa_automate.inventory import load

    if config is not None:
        try:
            data = config.read_bytes()
        except OSError as error:
            raise BadInput(f"{config}: cannot be read: {error.strerror}") from error
        return read_running(data.decode("utf-8", "surrogateescape"))
    devices = load(settings.inventory).select(settings.limits).devices
    if len(devices) != 1:
        raise UsageError(f"{len(devices)} devices are chosen; name one with --limit, or --config")
    source = from_directory(from_dir) if from_dir else from_devices(settings)
    running = read_running(source(devices[0]).running)
    must_not_be_the_system(running)
    return running


def check_interfaces(running: "RunningConfig", asked: "Flow") -> None:
    """An interface that the configuration does not have is a mistake of whoever asks."""
    for name in (asked.in_interface, asked.out_interface):
        if name and running.interfaces and name not in running.interfaces:
            known = ", ".join(running.interfaces)
            raise UsageError(f"there is no interface {name!r}; the configuration has {known}")
