#!/usr/bin/env bash
# soundfile 0.14.0: a FLAC stream whose head does not say its length lasts 36 million years.
#
# Expected: a length of 0 or an error that says that it is unknown: a 0 in that place means so (RFC 9639, 8.2), and
#   whoever writes to a pipe cannot write anything else. read() gives what is there.
# Seen: 9223372036854775807 frames, no error; read() raises ValueError, for it asks for an array of that size.
set -euo pipefail
source "$(dirname "$0")/start.bash"
python_with soundfile==0.14.0 numpy==2.4.6
python - <<'PY'
import io

import numpy
import soundfile

whole = io.BytesIO()
soundfile.write(whole, numpy.zeros(40000, "int16"), 8000, format="FLAC", subtype="PCM_16")
data = bytearray(whole.getvalue())
assert data[:4] == b"fLaC" and data[4] & 127 == 0  # STREAMINFO is first; its length: 36 bits from byte 21
data[21] &= 0xF0
data[22:26] = bytes(4)
info = soundfile.info(io.BytesIO(bytes(data)))
print(soundfile.__libsndfile_version__, info.frames, "frames,", info.duration, "s")
try:
    soundfile.read(io.BytesIO(bytes(data)))
    error = None
except ValueError as raised:
    error = raised
print("read:", error)
assert info.frames == 2**63 - 1 and error is not None
PY
