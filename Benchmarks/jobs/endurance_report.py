"""What the endurance run found: figures, checks, verdict."""

import statistics

# Above this, memory counts as gathered: allocators keep something, a broker collects when it likes.
GROWTH_FACTOR = 1.2
GROWTH_MIB = 16
RETURN_SECONDS = 2.0


def run(messages, seconds, kills, restarts, outcome, endings, progress, samples):
    """Prints everything. Returns whether every check held."""
    print(f"{messages} jobs in {seconds:.0f} s ({messages / seconds:.0f} /s), {kills['worker']} kills of a worker, "
          f"{kills['publisher']} of the publisher, {len(restarts)} restarts of the broker")
    for name, value in outcome.items():
        print(f"  {name}: {value or 0}")
    print("  attempts: " + ", ".join(f"{number}: {count}" for number, count in progress.attempts()))
    checks = {
        "every job was asked for": outcome["jobs"] == messages,
        "none lost": outcome["effects"] >= messages and outcome["jobs without a mark"] == 0,
        "none done twice": outcome["effects"] == outcome["distinct effects"],
        "nothing left in outbox or queues": outcome["outbox"] == 0 and not outcome["messages in queues"],
        "no dead letters": outcome["dead letters"] == 0
        and not any(name.endswith(".dead") for name in outcome["messages in queues"]),
        "processes end in good order": all(code == 0 for code in endings.values()),
        "killed and restarted": kills["worker"] > 0 and kills["publisher"] > 0 and len(restarts) == 2,
    }
    workers = sum(name.startswith("worker") for name in endings)
    for restart in restarts:
        checks[f"running within {RETURN_SECONDS:.0f} s of the broker's return ({restart['how']})"] = \
            returned(restart, progress, workers)
    checks["memory flat"] = memory(samples)
    for name, holds in checks.items():
        print(f"{'ok    ' if holds else 'FAILED'} {name}")
    return all(checks.values())


def returned(restart, progress, workers):
    """Prints how long each worker took from the broker's return to its first effect. Judges the last of them."""
    after = sorted((at - restart["back"], name) for name, at in progress.first_effects(restart["back"]).items())
    print(f"  after {restart['how']}, {restart['back'] - restart['down']:.1f} s down, first effect: "
          + ", ".join(f"{name} {seconds:.2f} s" for seconds, name in after))
    return len(after) == workers and after[-1][0] <= RETURN_SECONDS


def memory(samples):
    """Prints a table, MiB. Judges each process by the medians of its first and its last quarter, and the broker, whose
    process is a new one after each restart, by those of its first and its last life."""
    print(f"  {'resident, MiB':<14} {'first quarter':>14} {'last quarter':>14} {'median':>8} {'peak':>8}")
    flat, lives = True, []
    for name, values in sorted(samples.items()):
        quarter = max(1, len(values) // 4)
        first, last, median = (statistics.median(part) / 1024 for part in (values[:quarter], values[-quarter:], values))
        print(f"  {name:<14} {first:>14.0f} {last:>14.0f} {median:>8.0f} {max(values) / 1024:>8.0f}")
        if name.startswith("broker"):
            lives.append(median)
        else:
            flat = flat and has_kept(first, last)
    return flat and has_kept(lives[0], lives[-1])


def has_kept(before, after):
    return after <= before * GROWTH_FACTOR + GROWTH_MIB
