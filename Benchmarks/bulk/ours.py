"""Imports the made files into a running server and tells how long each took, from `process` on.

usage: ours.py FOLDER SCHEMA ROUND…      with SRTO_URL and SRTO_TOKEN; a round is one of first, unchanged, some, beside, all, back
Each line: round, rows read, seconds to the committed catalog, to the last snapshot, and by stage; refused, inserted, updated,
unchanged.
"""
import json, os, sys, time, urllib.error, urllib.request

folder, schema, rounds = sys.argv[1], sys.argv[2], sys.argv[3:]
base, token = os.environ["SRTO_URL"], os.environ["SRTO_TOKEN"]


def call(method, path, body=None, data=None):
    request = urllib.request.Request(path if path.startswith("http") else base + path, method=method, data=data)
    request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer: return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}")


def run(name, files):
    sizes = [{"fileName": file, "fileSize": os.path.getsize(f"{folder}/{file}")} for file in files]
    opened = call("POST", "/api/import/session", {"schemaId": schema, "files": sizes})
    for file in files:
        with open(f"{folder}/{file}", "rb") as bytes:
            request = urllib.request.Request(opened["uploadUrls"][file], method="PUT", data=bytes)
            request.add_header("Content-Length", str(os.path.getsize(f"{folder}/{file}")))
            urllib.request.urlopen(request).read()
    session, start = opened["sessionId"], time.monotonic()
    call("POST", "/api/import/process", {"sessionId": session, "again": True})
    reached, committed = {}, None
    while True:
        state, now = call("GET", f"/api/import/session/{session}"), time.monotonic() - start
        reached.setdefault(state["stage"], now)
        if state["status"] == "COMPLETED" and committed is None: committed = now
        if state["finished"]: break
        time.sleep(0.02)
    if state["status"] != "COMPLETED": sys.exit(f"{name}: {state['status']} {state.get('errorMessage')}")
    results = state["results"]
    stages = list(reached.items()) + [("end", now)]
    spent = " ".join(f"{stage} {after - at:.2f}" for (stage, at), (_, after) in zip(stages, stages[1:]))
    rate = results["totalRecords"] / committed
    print(f"{name:10} {results['totalRecords']:>9,} rows  committed {committed:6.2f} s ({rate:>9,.0f} rows/s)  snapshots {now:6.2f} s   "
          f"{spent}   refused {results['refused']:,} inserted {results['inserted']:,} updated {results['updated']:,} "
          f"unchanged {results['unchanged']:,}", flush=True)


FILES = {"first": "outlets.csv", "unchanged": "outlets.csv", "some": "outlets-1pc.csv", "beside": "outlets.csv",
         "all": "outlets-all.csv", "back": "outlets.csv"}
for name in rounds: run(name, ["territories.csv", "distributors.csv", FILES[name]])
