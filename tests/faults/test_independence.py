"""The auditor shares no code with the product, so that both cannot be wrong in the same way."""

from __future__ import annotations

import subprocess
import sys

from tests.system.kafka import REPOSITORY

AUDITOR = ("tests.faults.audit", "tests.faults.fates", "tests.faults.reading", "tests.faults.ledger")


def test_the_auditor_and_all_that_it_imports_import_nothing_of_the_product() -> None:
    loaded = "[name for name in sys.modules if name.partition('.')[0] == 'streams']"
    asked = f"import sys, {', '.join(AUDITOR)}; print({loaded})"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
