"""Exempt Cisco ESA mail gateways from the ESMTP inspection of Cisco ASA firewalls."""

__version__ = "0.1.0"
