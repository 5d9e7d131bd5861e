"""Every benchmark, one after the other: `python -m benchmarks`, or `make bench`."""

import subprocess
import sys

NAMES = ("scans", "hold", "pages", "stockroom", "papers", "people", "volunteer")
PLANS = ("api", "bench", "allocation", "--seeds", "1")

for command in [PLANS, *((f"benchmarks.{name}",) for name in NAMES)]:
    print(f"\n== {' '.join(command)}", flush=True)
    subprocess.run([sys.executable, "-m", *command], check=True)
