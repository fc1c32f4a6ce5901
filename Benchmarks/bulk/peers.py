"""The same files and the same checks with what a data engineer would take otherwise.

usage: peers.py FOLDER [duckdb] [duckdb-report] [duckdb-same] [delta] [pandas]
Checks: coordinates are numbers on the globe and not 0,0; channel and tier in their lists; sales a number of at least 0; of equal
keys the last one counts; territory and distributor exist. Each peer loads first, then merges the files with 1 % and with all
rows changed into a table with a key. What fails a check is dropped. duckdb-report says what it was: the first fault of each
record, in a file with the record itself, and how many rows are new, changed and as they were.

duckdb-same judges as SRTO does by schema.json: every issue of every record, warnings too, a line each in input order with file,
record, column, value, severity, code and message, and the record itself on its first line; the same codes, and the same
record wins a key. It counts rows that are new, changed and as they were, names the territories of those that changed, and
writes these rows only. SRTO does more: it takes records that are not UTF-8, mended, where this refuses them; trims each value;
tells physical lines; guards the report's cells from spreadsheets; and judges territories and distributors by the same rules.
"""
import os, shutil, sqlite3, sys, tempfile, time

folder = sys.argv[1]
peers = sys.argv[2:] or ["duckdb", "duckdb-report", "duckdb-same", "delta", "pandas"]
MAPPED = ["outlet_id", "outlet_name", "address", "latitude", "longitude", "channel", "tier", "territory_id", "dt_code",
          "sales_model", "fulfillment_type", "sales_volume", "new_outlet_flag"]
ROUNDS = [("first", "outlets.csv"), ("unchanged", "outlets.csv"), ("some", "outlets-1pc.csv"), ("all", "outlets-all.csv")]


def told(peer, name, start, rows):
    print(f"{peer:22} {name:10} {time.monotonic() - start:6.2f} s   {rows:,} rows kept", flush=True)


def duckdb_base(work, name):
    """A file with an empty keyed table, and what its rows may refer to."""
    import duckdb
    base = duckdb.connect(f"{work}/{name}.duckdb")
    base.execute("SET threads = 2")
    text = ", ".join(f"{name} VARCHAR" for name in MAPPED if name not in ("latitude", "longitude", "sales_volume"))
    base.execute(f"CREATE TABLE outlets ({text}, latitude DOUBLE, longitude DOUBLE, sales_volume DOUBLE, PRIMARY KEY (outlet_id))")
    base.execute(f"CREATE TABLE territories AS SELECT * FROM read_csv('{folder}/territories.csv', all_varchar = true)")
    base.execute(f"CREATE TABLE distributors AS SELECT * FROM read_csv('{folder}/distributors.csv', all_varchar = true)")
    return base


NAMES = ", ".join(MAPPED)
OTHERS = ", ".join(f"{name} = excluded.{name}" for name in MAPPED[1:])


def duckdb_rounds(work):
    base = duckdb_base(work, "base")
    for name, file in ROUNDS:
        start = time.monotonic()
        base.execute(f"""
            INSERT INTO outlets ({NAMES})
            SELECT {NAMES} FROM (
                SELECT * EXCLUDE (latitude, longitude, sales_volume), TRY_CAST(latitude AS DOUBLE) AS latitude,
                    TRY_CAST(longitude AS DOUBLE) AS longitude, TRY_CAST(sales_volume AS DOUBLE) AS sales_volume
                FROM (SELECT *, row_number() OVER () AS line
                      FROM read_csv('{folder}/{file}', all_varchar = true, ignore_errors = true, strict_mode = false))
                WHERE TRY_CAST(latitude AS DOUBLE) BETWEEN -90 AND 90 AND TRY_CAST(longitude AS DOUBLE) BETWEEN -180 AND 180
                    AND NOT (TRY_CAST(latitude AS DOUBLE) = 0 AND TRY_CAST(longitude AS DOUBLE) = 0)
                    AND channel IN ('GT', 'MT', 'WS') AND tier IN ('A', 'B', 'C') AND TRY_CAST(sales_volume AS DOUBLE) >= 0
                    AND territory_id IN (SELECT territory_id FROM territories) AND dt_code IN (SELECT dt_code FROM distributors)
                QUALIFY row_number() OVER (PARTITION BY outlet_id ORDER BY line DESC) = 1)
            ON CONFLICT (outlet_id) DO UPDATE SET {OTHERS}""")
        told("DuckDB, keyed table", name, start, base.execute("SELECT count(*) FROM outlets").fetchone()[0])


def duckdb_report_rounds(work):
    base = duckdb_base(work, "reporting")
    taken = "outlet_id, outlet_name, address, lat, lon, upper(channel), tier, territory_id, dt_code, sales_model, " \
        "fulfillment_type, volume, new_outlet_flag"
    for name, file in ROUNDS:
        start = time.monotonic()
        source = f"read_csv('{folder}/{file}', all_varchar = true, ignore_errors = true, strict_mode = false)"
        base.execute(f"""
            CREATE OR REPLACE TEMP TABLE judged AS
            SELECT * REPLACE (CASE WHEN code IS NULL AND row_number() OVER (
                    PARTITION BY outlet_id, code IS NULL ORDER BY record DESC) > 1 THEN 'DUPLICATE' ELSE code END AS code)
            FROM (SELECT *, CASE
                    WHEN outlet_id IS NULL OR outlet_name IS NULL OR channel IS NULL OR territory_id IS NULL THEN 'MISSING'
                    WHEN lat IS NULL AND latitude IS NOT NULL OR lon IS NULL AND longitude IS NOT NULL
                        OR volume IS NULL AND sales_volume IS NOT NULL THEN 'NO_NUMBER'
                    WHEN lat = 0 AND lon = 0 THEN 'ZERO'
                    WHEN lat NOT BETWEEN -90 AND 90 OR lon NOT BETWEEN -180 AND 180 THEN 'OFF_THE_GLOBE'
                    WHEN upper(channel) NOT IN ('GT', 'MT', 'WS') OR tier NOT IN ('A', 'B', 'C') THEN 'NOT_IN_LIST'
                    WHEN volume NOT BETWEEN 0 AND 1e9 THEN 'OUT_OF_RANGE'
                    WHEN length(outlet_name) > 200 THEN 'TOO_LONG'
                    WHEN territory_id NOT IN (SELECT territory_id FROM territories)
                        OR dt_code NOT IN (SELECT dt_code FROM distributors) THEN 'UNKNOWN'
                END AS code
                FROM (SELECT row_number() OVER () AS record, *, TRY_CAST(latitude AS DOUBLE) AS lat,
                        TRY_CAST(longitude AS DOUBLE) AS lon, TRY_CAST(sales_volume AS DOUBLE) AS volume FROM {source}))""")
        base.execute(f"""
            COPY (SELECT * EXCLUDE (lat, lon, volume) FROM judged WHERE code IS NOT NULL ORDER BY record)
            TO '{work}/report.csv' (HEADER)""")
        base.execute(f"""
            SELECT count(*) FILTER (o.outlet_id IS NULL), count(*) FILTER (o IS NOT DISTINCT FROM n), count(*)
            FROM (SELECT ROW({taken}) AS n, outlet_id FROM judged WHERE code IS NULL)
            LEFT JOIN (SELECT ROW({NAMES}) AS o, outlet_id FROM outlets) o USING (outlet_id)""").fetchone()
        base.execute(f"""
            INSERT INTO outlets ({NAMES}) SELECT {taken} FROM judged WHERE code IS NULL
            ON CONFLICT (outlet_id) DO UPDATE SET {OTHERS}""")
        told("DuckDB, with a report", name, start, base.execute("SELECT count(*) FROM outlets").fetchone()[0])


PLACE = "lat || ', ' || lon"
OUTSIDE = "(lat NOT BETWEEN 6 AND 72 OR lon NOT BETWEEN -180 AND 98) AND NOT (lat = 0 AND lon = 0) AND lat + lon IS NOT NULL"
TURNED = "lon BETWEEN 6 AND 72 AND lat BETWEEN -180 AND 98"


def required(name):
    return name, "ERROR", "ROW_REQUIRED_MISSING", f"{name} IS NULL", "''", f"'{name} is required and {name} is empty'"


def number(name, short):
    return name, "ERROR", "ROW_NUMBER_FORMAT", f"{short} IS NULL AND {name} IS NOT NULL", name, f"'{name} is a number'"


def listed(name, values, said, source=None):
    told = f"'{said}one of {', '.join(values)}'"
    return name, "ERROR", "ROW_NOT_IN_LIST", f"{source or name} NOT IN ({', '.join(map(repr, values))})", name, told


# Column, severity, code, what is wrong, value, message: in SRTO's order, each a bit of a row's issues. A long list of values
# would become a join, after which rows no longer lie in the file's order.
CELLS = [
    required("outlet_id"),
    ("outlet_id", "ERROR", "ROW_TEXT_TOO_LONG", "strlen(outlet_id) > 200", "outlet_id", "'outlet_id has at most 200 bytes'"),
    required("outlet_name"), number("latitude", "lat"), number("longitude", "lon"), required("channel"),
    listed("channel", ["GT", "MT", "WS"], "channel is ", "upper(channel)"), required("territory_id"),
    listed("sales_model", ["PRE_SALES", "VAN_SALES"], "sales_model is "),
    listed("fulfillment_type", ["DT", "DSD"], "fulfillment_type is "), number("sales_volume", "volume"),
    ("new_outlet_flag", "ERROR", "ROW_BOOLEAN_FORMAT",
     "TRY_CAST(new_outlet_flag AS BOOLEAN) IS NULL AND new_outlet_flag IS NOT NULL", "new_outlet_flag",
     "'new_outlet_flag is true or false'"),
    ("latitude", "WARNING", "ROW_COORDINATE_MISSING", "latitude IS NULL AND longitude IS NULL", "''",
     "'the outlet has no coordinates'"),
    ("latitude", "ERROR", "ROW_COORDINATE_MISSING",
     "latitude IS NULL AND lon IS NOT NULL OR longitude IS NULL AND lat IS NOT NULL", "''",
     "'latitude and longitude go together'"),
    ("latitude", "ERROR", "ROW_COORDINATE_ZERO", "lat = 0 AND lon = 0", PLACE, "'0,0 is no outlet''s place'"),
    ("latitude", "ERROR", "ROW_COORDINATE_RANGE", "(abs(lat) > 90 OR abs(lon) > 180) AND lat + lon IS NOT NULL", PLACE,
     "'not on the globe' || if(abs(lon) <= 90 AND abs(lat) <= 180, '; latitude and longitude look swapped', '')"),
    ("latitude", "WARNING", "ROW_COORDINATE_SWAPPED", f"{OUTSIDE} AND {TURNED}", PLACE,
     "'outside the schema''s bounding box; latitude and longitude look swapped'"),
    ("latitude", "WARNING", "ROW_COORDINATE_OUTSIDE", f"{OUTSIDE} AND NOT ({TURNED})", PLACE,
     "'outside the schema''s bounding box'"),
    listed("tier", ["A", "B", "C"], ""),
    ("outlet_name", "ERROR", "ROW_TEXT_TOO_LONG", "length(outlet_name) > 200", "outlet_name", "'at most 200 characters'"),
    ("sales_volume", "ERROR", "ROW_OUT_OF_RANGE", "volume NOT BETWEEN 0 AND 1e9", "volume::VARCHAR",
     "'between 0.0 and 1000000000.0'"),
]
# Looked at only where nothing above refuses the record.
BUSINESS = [
    ("sales_model", "WARNING", "ROW_SALES_MODEL", "sales_model = 'VAN_SALES' AND upper(channel) = 'MT'", "sales_model",
     "'modern trade (MT) is not served from a van'"),
    ("fulfillment_type", "WARNING", "ROW_FULFILLMENT", "fulfillment_type = 'DT' AND dt_code IS NULL", "fulfillment_type",
     "'a distributor supplies the outlet, and dt_code names none'"),
    ("fulfillment_type", "WARNING", "ROW_FULFILLMENT", "fulfillment_type = 'DSD' AND dt_code IS NOT NULL", "fulfillment_type",
     "'the outlet is supplied directly, and dt_code names a distributor'"),
]
# Of a record the first of these counts.
ACROSS = [("outlet_id", "ERROR", "ROW_DUPLICATE_KEY", None, "outlet_id",
           "'record ' || record_of(winner) || ' of ' || getvariable('file') || ' has the same key and wins'")] + [
    (key, "ERROR", "ROW_REFERENCE_UNKNOWN", f"{key} NOT IN (SELECT {key} FROM {table})", key,
     f"'neither this session nor the catalog has this {key} in {table}'")
    for key, table in (("territory_id", "territories"), ("dt_code", "distributors"))]
CHECKS = CELLS + BUSINESS + ACROSS
ERRORS = sum(1 << bit for bit, check in enumerate(CHECKS) if check[1] == "ERROR")


def found(checks):
    first = CHECKS.index(checks[0])
    return " + ".join(f"CASE WHEN {check[3]} THEN {1 << first + at} ELSE 0 END" for at, check in enumerate(checks))


def finite(name):
    return f"CASE WHEN isfinite(TRY_CAST({name} AS DOUBLE)) THEN TRY_CAST({name} AS DOUBLE) END"


def duckdb_same_rounds(work):
    base = duckdb_base(work, "same")
    base.execute("""CREATE TEMP MACRO record_of(place) AS
        place + 1 + len(list_filter(getvariable('gaps'), lambda gap: gap <= place))""")
    kinds = ", ".join(f"({bit}, '{check[0]}', '{check[1]}', '{check[2]}')" for bit, check in enumerate(CHECKS))
    base.execute(f'CREATE TEMP TABLE kinds AS FROM (VALUES {kinds}) AS kinds(bit, "column", severity, code)')
    value, message = (f"CASE bit {' '.join(f'WHEN {bit} THEN {check[part]}' for bit, check in enumerate(CHECKS))} END"
                      for part in (4, 5))
    taken = {name: f"r.{name}" for name in MAPPED} | {
        "latitude": "r.lat", "longitude": "r.lon", "channel": "upper(r.channel)", "sales_volume": "r.volume"}
    differs = " OR ".join(f"{taken[name]} IS DISTINCT FROM o.{name}" for name in MAPPED[1:])
    for name, file in ROUNDS:
        start = time.monotonic()
        # Rows lie in the file's order; records that could not be read are in a table of their own. The dialect is stated, as it
        # is otherwise guessed with an escape that loses the apostrophes of names.
        base.execute(f"""
            CREATE OR REPLACE TEMP TABLE judged AS
            SELECT * REPLACE (CASE WHEN issues & {ERRORS} = 0 THEN issues + {found(BUSINESS)} ELSE issues END AS issues)
            FROM (SELECT *, {found(CELLS)} AS issues, NULL::BIGINT AS winner
                  FROM (SELECT *, {finite("latitude")} AS lat, {finite("longitude")} AS lon, {finite("sales_volume")} AS volume
                        FROM read_csv('{folder}/{file}', all_varchar = true, header = true, delim = ',', quote = '"',
                            escape = '"', store_rejects = true,
                            rejects_table = 'unread_{name}', rejects_scan = 'seen_{name}')))""")
        base.execute(f"SET VARIABLE file = '{file}'")
        base.execute(f"""
            SET VARIABLE gaps = (SELECT coalesce(list(line - 1 - nth), []) FROM (
                SELECT line, row_number() OVER (ORDER BY line) AS nth FROM (SELECT DISTINCT line FROM unread_{name})))""")
        base.execute(f"""
            UPDATE judged SET issues = issues | {1 << CHECKS.index(ACROSS[0])}, winner = last FROM (
                SELECT outlet_id, max(rowid) AS last FROM judged WHERE issues & {ERRORS} = 0
                GROUP BY outlet_id HAVING count(*) > 1) AS keys
            WHERE judged.outlet_id = keys.outlet_id AND issues & {ERRORS} = 0 AND judged.rowid < last""")
        for check in ACROSS[1:]:
            base.execute(f"""
                UPDATE judged SET issues = issues | {1 << CHECKS.index(check)} WHERE issues & {ERRORS} = 0 AND {check[3]}""")
        fields = [row[0] for row in base.execute("DESCRIBE judged").fetchall()][:-5]
        base.execute(f"""
            COPY (SELECT * EXCLUDE (bit) FROM (
                SELECT '{file}' AS file, record, bit, "column", left({value}, 200) AS value, severity, code,
                    {message} AS message, NULL AS raw,
                    {", ".join(f"CASE WHEN issues & ((1 << bit) - 1) = 0 THEN {field} END AS {field}" for field in fields)}
                FROM (SELECT *, record_of(rowid) AS record FROM judged WHERE issues <> 0) JOIN kinds ON (issues >> bit) & 1 = 1
                UNION ALL BY NAME
                SELECT '{file}' AS file, line - 1 AS record, column_name AS "column", 'ERROR' AS severity,
                    CASE error_type WHEN 'INVALID ENCODING' THEN 'ROW_NOT_UTF8' WHEN 'UNQUOTED VALUE' THEN 'ROW_QUOTING'
                        WHEN 'LINE SIZE OVER MAXIMUM' THEN 'ROW_TOO_LONG' ELSE 'ROW_COLUMN_COUNT' END AS code,
                    error_message AS message, csv_line AS raw
                FROM unread_{name}) ORDER BY record, bit)
            TO '{work}/report.csv' (HEADER)""")
        base.execute(f"""
            CREATE OR REPLACE TEMP TABLE changes AS
            SELECT r.rowid AS place, o.outlet_id IS NULL AS is_new, r.territory_id AS territory, o.territory_id AS former
            FROM judged AS r LEFT JOIN outlets AS o USING (outlet_id)
            WHERE issues & {ERRORS} = 0 AND (o.outlet_id IS NULL OR {differs})""")
        base.execute(f"""
            SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new),
                (SELECT count(*) FROM judged WHERE issues & {ERRORS} = 0) - count(*) FROM changes""").fetchone()
        base.execute("SELECT territory FROM changes UNION SELECT former FROM changes WHERE former IS NOT NULL").fetchall()
        # New rows need no look for what they replace.
        base.begin()
        for which, otherwise in (("is_new", ""), ("NOT is_new", f"ON CONFLICT (outlet_id) DO UPDATE SET {OTHERS}")):
            base.execute(f"""
                INSERT INTO outlets ({NAMES}) SELECT {", ".join(taken[name] for name in MAPPED)} FROM judged AS r
                WHERE r.rowid IN (SELECT place FROM changes WHERE {which}) {otherwise}""")
        base.commit()
        told("DuckDB, same validation", name, start, base.execute("SELECT count(*) FROM outlets").fetchone()[0])


def checked(file):
    """The rows that pass, as a data frame."""
    import pandas
    frame = pandas.read_csv(f"{folder}/{file}", dtype=str, usecols=MAPPED, encoding="utf-8", encoding_errors="replace",
                            keep_default_na=False)
    for name in ("latitude", "longitude", "sales_volume"): frame[name] = pandas.to_numeric(frame[name], errors="coerce")
    territories = set(pandas.read_csv(f"{folder}/territories.csv", dtype=str)["territory_id"])
    distributors = set(pandas.read_csv(f"{folder}/distributors.csv", dtype=str)["dt_code"])
    frame = frame[frame.latitude.between(-90, 90) & frame.longitude.between(-180, 180)
                  & ~((frame.latitude == 0) & (frame.longitude == 0)) & frame.channel.isin(["GT", "MT", "WS"])
                  & frame.tier.isin(["A", "B", "C"]) & (frame.sales_volume >= 0)
                  & frame.territory_id.isin(territories) & frame.dt_code.isin(distributors)]
    return frame.drop_duplicates("outlet_id", keep="last")[MAPPED]


def delta_rounds(work):
    import pyarrow
    from deltalake import DeltaTable, write_deltalake
    place = f"{work}/delta"
    for name, file in ROUNDS:
        start = time.monotonic()
        table = pyarrow.Table.from_pandas(checked(file), preserve_index=False)
        if name == "first":
            write_deltalake(place, table)
        else:
            (DeltaTable(place).merge(table, predicate="t.outlet_id = s.outlet_id", source_alias="s", target_alias="t")
             .when_matched_update_all().when_not_matched_insert_all().execute())
        told("delta-rs, merge", name, start, len(table))


def pandas_rounds(work):
    base = sqlite3.connect(f"{work}/pandas.sqlite")
    base.execute("PRAGMA journal_mode = WAL")
    kinds = {name: "REAL" if name in ("latitude", "longitude", "sales_volume") else "TEXT" for name in MAPPED}
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    base.execute(f"CREATE TABLE outlets ({columns}, PRIMARY KEY (outlet_id)) WITHOUT ROWID")
    base.execute("CREATE INDEX outlets_by_territory ON outlets (territory_id)")
    others = ", ".join(f"{name} = excluded.{name}" for name in MAPPED[1:])
    sql = (f"INSERT INTO outlets VALUES ({', '.join('?' * len(MAPPED))}) ON CONFLICT (outlet_id) DO UPDATE SET {others}")
    for name, file in ROUNDS:
        start = time.monotonic()
        frame = checked(file)
        with base: base.executemany(sql, frame.itertuples(index=False, name=None))
        told("pandas into SQLite", name, start, len(frame))


for peer in peers:
    work = tempfile.mkdtemp(prefix="srto-peers.", dir=os.environ.get("TMPDIR", "/tmp"))
    try:
        {"duckdb": duckdb_rounds, "duckdb-report": duckdb_report_rounds, "duckdb-same": duckdb_same_rounds, "delta": delta_rounds,
         "pandas": pandas_rounds}[peer](work)
    finally:
        shutil.rmtree(work)
