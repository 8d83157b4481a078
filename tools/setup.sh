#!/usr/bin/env bash
# Set up .venv and the Node parts of the tests; safe to repeat, and quick when nothing has changed.
# usage: tools/setup.sh core   what the product needs, for `make demo`
#        tools/setup.sh all    that, and what tests and checks need
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:-all}

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found; install it (on Debian 12: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.11"
}

make_venv() {
    [ -x .venv/bin/python ] && return
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments; on Debian: apt-get install python3-venv"
    say "making .venv with $("$python" --version)"
    "$python" -m venv .venv
}

# The stamp holds a checksum, not a time: a fresh checkout of the same files changes nothing.
up_to_date() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
checksum() { cat "$@" 2>/dev/null | cksum; }

install_locked() {
    local lock=requirements/$1.txt stamp=.venv/.locked-$1 sum total
    sum=$(checksum "$lock")
    up_to_date "$stamp" "$sum" && return
    total=$(grep -c '^[a-z0-9]' "$lock")
    say "installing up to $total packages from $lock, each checked against its hash"
    PYTHONUNBUFFERED=1 .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --no-deps --require-hashes --requirement "$lock" |
        awk -v total="$total" '/^(Collecting|Processing) / { sub(".*/", "", $2); print "  " ++n "/" total " " $2; fflush() }'
    echo "$sum" >"$stamp"
}

install_editable() {
    local folder=$1 stamp=.venv/.editable-$2 sum
    [ -f "$folder/pyproject.toml" ] || return 0
    sum=$(checksum "$folder/pyproject.toml")
    up_to_date "$stamp" "$sum" && return
    say "installing $2 from this folder"
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-input --no-index \
        --no-deps --no-build-isolation --editable "$folder"
    echo "$sum" >"$stamp"
}

install_node_parts() {
    local folder=tests/npm stamp=tests/npm/node_modules/.locked sum
    [ -f "$folder/package-lock.json" ] || return 0
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        say "Node 20 or newer was not found: the tests that run JavaScript clients will be skipped"
        return
    fi
    sum=$(checksum "$folder/package-lock.json")
    up_to_date "$stamp" "$sum" && return
    say "installing the JavaScript clients that tests run, with $(node --version)"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
    echo "$sum" >"$stamp"
}

make_venv
if [ "$wanted" = core ]; then
    install_locked core
    install_editable . doorstep
else
    install_locked dev
    install_editable . doorstep
    install_editable clients/python doorstep-client
    install_node_parts
fi
say "ready"
