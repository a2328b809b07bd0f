#!/usr/bin/env python3
"""What `make check-deploy` asks of this folder: promtool on the configuration, the rules and their tests."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "local" / "prometheus.py"

if __name__ == "__main__":
    sys.exit(subprocess.run([sys.executable, str(SCRIPT), "check"], check=False).returncode)  # noqa: S603
