"""A unit of a cluster: ``show cluster info``, and what a data unit says to configuration lines.

Source: ASA CLI guides 9.0 to 9.19, cluster: the configuration is changed on the control unit
(``MASTER``, from 9.19 ``CONTROL_NODE``) alone, from where it is replicated; "Monitoring the ASA
cluster", ``show cluster info``. What a data unit answers to a line no document prints.
"""

from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Words

_OFF = "Clustering is not configured"
_INFO = """\
Cluster lab: On
    Interface mode: spanned
    This is "unit-1-1" in state {here}
        ID        : 0
        Version   : {version}
        Serial No.: {serial}
Other members in the cluster:
    Unit "unit-1-2" in state {there}
        ID        : 1
        Version   : {version}
        Serial No.: {mate}"""


def show_info(box: Box, words: Words) -> str:
    """``show cluster info``."""
    words.end()
    if box.knobs.cluster == "off":
        return _OFF
    knobs, (here, there) = box.knobs, box.dialect.cluster_states
    if knobs.cluster == "data":
        here, there = there, here
    return _INFO.format(
        here=here, there=there, version=knobs.version, serial=knobs.serial, mate=knobs.mate_serial
    )
