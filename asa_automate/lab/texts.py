"""What the box says around commands. Sources: outputs and CLI guides of 8.x and 9.x boxes."""

TYPE_HELP = "Type help or '?' for a list of available commands."
LOGGED_IN = (
    "User {user} logged in to {hostname}\n"
    "Logins over the last 1 days: {logins}.  \n"
    "Failed logins since the last login: 0.  "
)
INVALID_PASSWORD = "Invalid password"  # noqa: S105 - what the box answers to a wrong one
ACCESS_DENIED = "Access denied."
#: Ansible's terminal plugin for the ASA waits for it.
NOT_AUTHORIZED = "Command authorization failed"
LOGOFF = "\nLogoff\n"

#: ASA CLI guide, failover: printed for whatever is typed in configuration mode on the standby.
STANDBY = (
    "**** WARNING ****\n"
    "\tConfiguration Replication is NOT performed from Standby unit to Active unit.\n"
    "\tConfigurations are no longer synchronized."
)
NOTICE = (
    "\n***************************** NOTICE *****************************\n\n"
    "Help to improve the ASA platform by enabling anonymous reporting,\n"
    "which allows Cisco to securely receive minimal error and health\n"
    "information from the device. To learn more about this feature,\n"
    "please visit: http://www.cisco.com/go/smartcall\n"
)
REPORTING_QUESTION = (
    "Would you like to enable anonymous error reporting to help improve\n"
    "the product? [Y]es, [N]o, [A]sk later: "
)
REPORTING_LATER = (
    "\nIn the future, if you would like to enable this feature,\n"
    'issue the command "call-home reporting anonymous".\n\n'
    "Please remember to save your configuration.\n"
)
#: Printed into whatever the session is doing (ASA CLI guide, failover).
REPLICATION_BEGINS = "Beginning configuration replication: Sending to mate."
REPLICATION_ENDS = "End Configuration Replication to mate"
SAVED = (
    "Building configuration...\nCryptochecksum: {sum} \n\n"
    "{size} bytes copied in 0.50 secs{rate}\n[OK]"
)
SAVE_RATE = " ({rate} bytes/sec)"
_NOT_SAVED = "Building configuration...\n%Error {what}\nError executing command\n[FAILED]"
SAVE_FAILED = _NOT_SAVED.format(what="copying system:/running-config (No Device)")
#: A public record of an ASA whose flash had become read-only.
SAVE_READ_ONLY = _NOT_SAVED.format(
    what="opening disk0:/.private/startup-config (Read-only file system)"
)
#: By analogy with the one above; so are the words of the next. Unconfirmed.
SAVE_FULL = _NOT_SAVED.format(
    what="writing disk0:/.private/startup-config (No space left on device)"
)
#: What was written cannot be read back.
SAVE_NOT_CHECKED = _NOT_SAVED.format(
    what="reading disk0:/.private/startup-config (Input/output error)"
)
#: What ``terminal monitor`` prints into a session (syslog message 111008).
SYSLOG = "%ASA-5-111008: User 'operator' executed the 'show version' command."
SOURCE_QUESTION = "\nSource filename [running-config]? "
SAVE_QUESTION = "System config has been modified. Save? [Y]es/[N]o:  "
RELOAD_QUESTION = "Proceed with reload? [confirm] "
CURPRIV = "Username : {user}\nCurrent privilege level : {level}\nCurrent Mode/s : {modes}"
HELP = (
    "  show       Show running system information\n"
    "  configure  Configure using various methods\n"
    "  enable     Turn on privileged commands\n"
    "  exit       Exit from the current command mode"
)
