"""From the files that people write to frozen devices and exemptions.

The way through this package::

    document   bytes -> plain values, each with its line; no bombs, no tags, no duplicate keys
    schema     which keys there are and what may stand there (also the JSON Schema for editors)
    checks     what one entry cannot say alone: secrets, groups that do not exist, duplicates
    source     Nornir reads the same files and gives hosts and groups; resolved once into devices
    loading    all of it together: :func:`load` and :func:`examine`
    limits     ``--limit``
"""

from asa_automate.inventory.loading import Inventory, examine, load
from asa_automate.inventory.problems import Problem

__all__ = ["Inventory", "Problem", "examine", "load"]
