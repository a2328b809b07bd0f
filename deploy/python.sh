#!/bin/sh
# Prints the Python that make and install.sh build an environment with: python3, unless that was compiled without
# profile-guided optimisation (as pyenv does when it is not told otherwise) and the distribution's own was not.
# The stages take a tenth more CPU without it. PYTHON=... for either of them names another.
set -u

suits='
import sys, sysconfig
import ensurepip, venv
if sys.version_info < (3, 11):
    sys.exit(1)
options = sysconfig.get_config_var("CONFIG_ARGS") or ""
distributed = sys.base_prefix == "/usr"  # distributions optimise, by steps of their own that leave no option
sys.exit(0 if distributed or "--enable-optimizations" in options else 1)
'

for python in python3 /usr/bin/python3; do
    if "$python" -c "$suits" 2>/dev/null; then
        echo "$python"
        exit
    fi
done
echo python3
