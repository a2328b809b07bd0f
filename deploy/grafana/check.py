#!/usr/bin/env python3
"""What `make check-deploy` asks of this folder: the boards are what boards.py writes."""

import sys

from boards import main

if __name__ == "__main__":
    sys.exit(main(["--check"]))
