"""NetBox over its REST API: the one place that knows pynetbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from asa_automate.errors import BadInput, Unreachable, UsageError


def devices_of(url: str, token: str | None, filters: Mapping[str, Sequence[str]]) -> list[Any]:
    """The devices that the filters take, each as the mapping that the API gives.

    Raises:
        UsageError: the package pynetbox is not installed.
        Unreachable: NetBox cannot be reached.
        BadInput: it refuses: the token, or a filter.
    """
    try:
        import pynetbox
        import requests
    except ModuleNotFoundError as error:
        raise UsageError("this needs pynetbox: pip install 'asa-automate[netbox]'") from error
    api = pynetbox.api(url, token=token)
    wanted = {key: list(values) for key, values in filters.items()}
    try:
        found = api.dcim.devices.filter(**wanted) if wanted else api.dcim.devices.all()
        return [dict(device) for device in found]
    except pynetbox.RequestError as error:
        raise BadInput(f"{url}: NetBox refuses: {error.error or error}") from error
    except (requests.RequestException, pynetbox.ContentError) as error:
        first = str(error).splitlines()[0]
        raise Unreachable(f"{url}: no NetBox answers there: {first}") from error
