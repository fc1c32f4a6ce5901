/// The tables of jobs, events and what operators do with them.
extension Schema {
    static let control = """
        ALTER TABLE jobs ADD COLUMN cancelled_at REAL;
        CREATE INDEX jobs_by_subject ON jobs(subject) WHERE applied_at IS NULL;
        CREATE TABLE paused_queues (
            queue TEXT PRIMARY KEY,
            paused_by TEXT NOT NULL,
            paused_at TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    static let jobsAndEvents = """
        CREATE TABLE jobs (
            job_id TEXT PRIMARY KEY,
            queue TEXT NOT NULL,
            type TEXT NOT NULL,
            subject TEXT NOT NULL,
            traceparent TEXT,
            data BLOB NOT NULL,
            enqueued_at REAL NOT NULL,
            applied_at REAL
        ) WITHOUT ROWID;
        CREATE INDEX jobs_pending ON jobs(queue, enqueued_at) WHERE applied_at IS NULL;
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            subject TEXT NOT NULL,
            interactive INTEGER NOT NULL DEFAULT 0,
            sequence INTEGER NOT NULL DEFAULT 0,
            time TEXT NOT NULL,
            traceparent TEXT,
            data BLOB NOT NULL,
            due_at REAL NOT NULL
        );
        CREATE INDEX outbox_by_message ON outbox(message_id);
        CREATE INDEX outbox_put_off ON outbox(kind, due_at) WHERE due_at > 0;
        CREATE TABLE relay_lease (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            owner TEXT NOT NULL,
            expires_at REAL NOT NULL
        );
        CREATE TABLE subjects (
            subject TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL,
            type TEXT NOT NULL,
            data BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            job_id TEXT NOT NULL,
            type TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            traceparent TEXT,
            died_at TEXT NOT NULL,
            replayed_at TEXT,
            body BLOB NOT NULL,
            UNIQUE (queue, job_id, died_at)
        );
        """
}
