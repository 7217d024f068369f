"""What the tool owns on a firewall, by name; nothing else is ever created or removed."""

PREFIX = "ESA_EXEMPT_"

GROUP = "ESA_EXEMPT_HOSTS"
ACL = "ESA_EXEMPT_ESMTP"
CLASS = "ESA_EXEMPT_ESMTP"
PROBE = "ESA_EXEMPT_PROBE"

_OWNED = frozenset({GROUP, ACL, CLASS, PROBE})


def owned(name: str) -> bool:
    """Whether an object-group, access-list, class-map or class of this name is ours."""
    return name in _OWNED
