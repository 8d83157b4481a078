#!/bin/sh
# Write requirements/core.txt and requirements/dev.txt anew from pyproject.toml: exact versions, hashes, no address.
# usage: tools/lock.sh   (needs .venv, so `make setup` first; `make lock` calls this)
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --quiet "$@" >/dev/null
}

echo "lock: requirements/core.txt, what the product needs"
compile --group build --output-file requirements/core.txt
echo "lock: requirements/dev.txt, the same versions and what tests and checks need"
compile --group build --group dev --constraint requirements/core.txt --output-file requirements/dev.txt
