#!/usr/bin/env bash
# Asterisk 22.10.1: a refused Originate reports its failure under the id of another call, which goes on.
#
# Expected: an Originate with the ChannelId of a call that is up is refused at once; or its OriginateResponse has no
#   Uniqueid, since no channel came to be.
# Seen: "Success", queued; then OriginateResponse Failure with the Uniqueid of the call that is up. Who goes by Uniqueid
#   writes a talking customer off; only ActionID tells the two apart.
set -euo pipefail
source "$(dirname "$0")/asterisk.bash"
printf '[default]\nexten=>s,1,Answer()\n same=>n,Wait(60)\n' >"$ETC/extensions.conf"
asterisk_with
python3 - <<'PY'
from line import Ami, Callee

ami, callee = Ami(), Callee()
ami.call("one")
ami.up("one")
again = ami.call("one")
failed = ami.until("OriginateResponse", "one", Response="Failure")
ami.action("CoreShowChannels")
ami.wait(lambda event: event.get("Event") == "CoreShowChannelsComplete")
still = [event for event in ami.events if event.get("Event") == "CoreShowChannel"]
print(again, failed, still[0]["ChannelStateDesc"], sep="\n")
assert again["Response"] == "Success"
assert [channel["Uniqueid"] for channel in still] == ["one"]
PY
