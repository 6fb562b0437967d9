#!/bin/sh
# Make .venv and keep it in step with pyproject.toml and constraints.txt; costs nothing when it is.
# usage: tools/bootstrap.sh      PYTHON=/path/to/python3 chooses the Python to build on.
set -eu
cd "$(dirname "$0")/.."

# The path is part of the key: an environment holds absolute paths and cannot be moved.
key=$({ pwd; cat pyproject.toml constraints.txt tools/bootstrap.sh tools/bootstrap.py; } | cksum)
if [ -x .venv/bin/python ] && [ "$(cat .venv/dialer-ready 2>/dev/null)" = "$key" ]; then
    exit 0
fi

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

for python in "${PYTHON:-python3}" python3 /usr/bin/python3 \
    python3.14 python3.13 python3.12 python3.11; do
    if is_new_enough "$python"; then
        exec "$python" tools/bootstrap.py "$key"
    fi
done
echo "bootstrap: no Python 3.11 or newer found; install one (Debian, Ubuntu: apt install python3)" \
    "or name one: make PYTHON=/path/to/python3 ..." >&2
exit 1
