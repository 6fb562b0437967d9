# For every script here: $DIR, a temporary folder that goes when the script ends, and what goes into it.
# python_with NAME==VERSION …: `python` becomes one that has these packages, by pip's own settings.

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DIR=$(mktemp -d)
at_end() { rm -rf "$DIR"; }
trap at_end EXIT

python_with() {
    python3 -m venv "$DIR/python"
    "$DIR/python/bin/pip" install --quiet --disable-pip-version-check "$@" 2>"$DIR/pip" || { cat "$DIR/pip" && exit 1; }
    PATH=$DIR/python/bin:$PATH
    export PYTHONPATH=$HERE
}
