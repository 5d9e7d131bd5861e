"""Every benchmark, one after the other: `python -m benchmarks`, or `make bench`."""

import subprocess
import sys

NAMES = ("plans", "scans", "hold", "pages", "stockroom", "papers")

for name in NAMES:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
