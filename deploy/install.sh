#!/bin/sh
# Installs Copydesk with exactly the packages of requirements.lock, and compiles its kernels. The image is built
# with it, and so is an installation for systemd:
#
#   deploy/install.sh /opt/copydesk                  everything: Python's venv module, the network, two minutes
#   deploy/install.sh /opt/copydesk dependencies     the packages alone (a layer of the image that seldom changes)
#   deploy/install.sh /opt/copydesk release          then Copydesk itself
#
# It may be repeated; nothing is compiled twice. PYTHON=python3.12 names another Python than python.sh chooses.
# NUMBA_CPU_NAME and NUMBA_CPU_FEATURES say for which processors (see `copydesk compile --help`): who runs it sets
# the same.
set -eu

folder=${1:?usage: install.sh FOLDER [dependencies|release]}
part=${2:-all}
source=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-$("$source/deploy/python.sh")}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

"$python" -m venv "$tools/venv"
# What is installed has no pip: that of the tools puts the packages there. All of them come as wheels, without
# a compiler.
install() { "$tools/venv/bin/pip" --python "$folder/bin/python" install --quiet "$@"; }

if [ "$part" != release ]; then
    "$python" -m venv --without-pip "$folder"
    install --require-hashes --only-binary :all: -r "$source/requirements.lock"
fi
if [ "$part" != dependencies ]; then
    "$tools/venv/bin/pip" install --quiet --require-hashes -r "$source/requirements-build.lock"
    "$tools/venv/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$tools" "$source"
    install --no-deps --force-reinstall "$tools"/copydesk-*.whl
    "$folder/bin/copydesk" compile
fi
