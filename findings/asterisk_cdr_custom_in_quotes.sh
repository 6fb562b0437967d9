#!/usr/bin/env bash
# Asterisk 22.10.1: a mapping of cdr_custom with its values in plain quotes writes no record.
#
# Expected: a line with the values in quotes: a mapping is a text in which expressions of the dialplan are replaced.
# Seen: a warning that there is no field '${CDR', and no file. With CSV_QUOTE() in place of the quotes the line is there.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
mkdir -p "$DIR/log/cdr-custom"
printf '[general]\n[logfiles]\nmessages=warning,error\n' >"$ETC/logger.conf"
printf '[general]\nenable=yes\nunanswered=yes\n' >"$ETC/cdr.conf"
cat >"$ETC/cdr_custom.conf" <<'CONF'
[mappings]
plain.csv => "${CDR(uniqueid)}","${CDR(disposition)}"
function.csv => ${CSV_QUOTE(${CDR(uniqueid)})},${CSV_QUOTE(${CDR(disposition)})}
CONF
printf '[default]\nexten=>s,1,Answer()\n' >"$ETC/extensions.conf"
asterisk_with func_strings func_cdr res_cdrel_custom cdr_custom
python3 - "$DIR" <<'PY'
import sys
import time
from pathlib import Path

from line import Ami, Callee

ami, callee = Ami(), Callee()
ami.call("one")
ami.until("Hangup", "one")
folder = Path(sys.argv[1], "log/cdr-custom")
for _ in range(50):
    time.sleep(0.1)
    if (folder / "function.csv").is_file() and (folder / "function.csv").read_text():
        break
time.sleep(1)  # the other one would be there now
seen = {path.name: path.read_text() for path in folder.iterdir()}
log = Path(sys.argv[1], "log/messages").read_text().splitlines()
print(seen, *(line for line in log if "plain.csv" in line), sep="\n")
assert seen == {"function.csv": '"one","ANSWERED"\n'}
PY
