#!/usr/bin/env python3
"""One row of our own solver: runs `srto solve` on one instance and prints a line of the results file."""
import json
import resource
import subprocess
import sys

binary, path, name, seed, seconds, threads = sys.argv[1:]
solver = "srto" if threads == "1" else f"srto-{threads}"
done = subprocess.run(
    [binary, "solve", path, "--seconds", seconds, "--seed", seed, "--threads", threads, "--json"],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
result = json.loads(done.stdout)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
gap = result.get("gapPercent")
print(
    solver, name, seed, seconds, f"{result['cost']:.2f}", "" if gap is None else f"{gap:.3f}", result["leftOut"],
    result["feasible"], f"{result['seconds']:.1f}", peak, sep=",")
