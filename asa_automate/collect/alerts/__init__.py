"""Alerts over the store: rules from a file, and who is told.

The way through this package::

    rules     the YAML file to frozen rules; mistakes with file and line
    measure   a rule and what the store says of one firewall, to a level
    standing  levels to states: pending, firing, clearing; `for` and `clear_for`
    watch     all of it over the store, the states kept in one transaction
    places    who is told: a stream of JSON lines, syslog, apprise
    syslog    an alert as RFC 5424 says
"""
