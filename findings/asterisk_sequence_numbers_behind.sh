#!/usr/bin/env bash
# Asterisk 22.10.1: after a change of the RTP source to lower sequence numbers, whoever translates hears nothing.
#
# Expected: a new SSRC is a new source, which begins with any sequence number (RFC 3550); so half of them lie behind.
# Seen: 3 s of one source and 3 s of another are recorded whole when the numbers go on from 30000 to 40000, and 3 s of them
#   when they go from 30000 to 20000: each packet is dropped, without a word, until the numbers have caught up.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf "[default]\nexten=>_X.,1,Record($DIR/\${EXTEN}.wav,0,20,kqx)\n" >"$ETC/extensions.conf"
asterisk_with app_record format_wav
python3 - "$DIR" <<'PY'
import sys
import wave

from line import Ami, Callee

ami, callee, seen = Ami(), Callee(), {}
for second in (40000, 20000):
    channel = str(second)
    callee.seen.clear()
    ami.call(channel, channel)
    ami.up(channel)
    callee.until("ACK")
    callee.speak(3, 1, 30000)
    callee.speak(3, 2, second)
    callee.ask("BYE")
    ami.until("Hangup", channel)
    with wave.open(f"{sys.argv[1]}/{second}.wav") as file:
        seen[second] = file.getnframes() / file.getframerate()
    print(f"from 30000 to {second}: {seen[second]:.2f} s of 6 s recorded")
assert seen[40000] > 5 and seen[20000] < 4
PY
