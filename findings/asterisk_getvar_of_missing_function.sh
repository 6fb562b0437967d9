#!/usr/bin/env bash
# Asterisk 22.10.1: an AMI Getvar of a dialplan function whose module is not loaded succeeds with an empty value.
#
# Expected: an error, as for an action that does not exist; or what the log says of such a function in the dialplan,
#   that it is not registered.
# Seen: "Response: Success" with an empty Value. Without func_db a key that the database has cannot be told from one it
#   has not; the action DBGet, which needs no module, finds it.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
asterisk_with
asterisk 'database put desk pen blue'
python3 - <<'PY'
from line import Ami

ami = Ami()
got = ami.action("Getvar", Variable="DB(desk/pen)")
ami.action("DBGet", Family="desk", Key="pen")
found = ami.wait(lambda event: event.get("Event") == "DBGetResponse")
print("Getvar:", got, "DBGet:", found["Val"], sep="\n")
assert (got["Response"], got["Value"], found["Val"]) == ("Success", "", "blue")
PY
