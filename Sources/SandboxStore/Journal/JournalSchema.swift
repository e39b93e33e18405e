/// The tables of the journal. The events are the truth; everything else is projected from them in the same commit, for
/// looking at a session with SQL.
enum JournalSchema {
  /// Kept in the file's header; "SBXJ".
  static let applicationID: Int64 = 0x5342_584a
  /// Grows with each change of the tables. A newer file is refused, never changed back.
  static let version: Int64 = 1

  static let all = events + projections

  /// Immutable, and dense by the database itself. `body` and `blob` exclude each other: the blob is the hash of a body
  /// that is too long to lie in the row.
  static let events = """
    CREATE TABLE events(
      seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, type TEXT NOT NULL, ver INTEGER NOT NULL,
      actor TEXT NOT NULL, task_id TEXT, corr_id TEXT, body TEXT, blob TEXT, chain BLOB NOT NULL,
      CHECK ((body IS NULL) <> (blob IS NULL)), CHECK (length(chain) = 16)
    ) STRICT;
    CREATE TRIGGER events_are_dense BEFORE INSERT ON events
      WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
      BEGIN SELECT RAISE(ABORT, 'events are numbered without gaps'); END;
    CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
    CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;

    """

  /// Text that is too long to lie in a row is NULL here; the event that `seq`, `start_seq` or `done_seq` names has it.
  static let projections = """
    CREATE TABLE session(
      id INTEGER PRIMARY KEY CHECK (id = 1), session_id TEXT, workspace_id TEXT, sandbox_id TEXT, user_id TEXT,
      mode TEXT, request TEXT, model TEXT, program TEXT, configuration_digest TEXT, limit_microusd INTEGER,
      limit_tokens INTEGER, tools_loaded INTEGER NOT NULL DEFAULT 0, manifest_problems INTEGER NOT NULL DEFAULT 0,
      phase TEXT NOT NULL DEFAULT 'pending', teardown TEXT NOT NULL DEFAULT 'none', stop_kind TEXT, stop_detail TEXT,
      outcome TEXT, exit_code INTEGER, created_ms INTEGER, started_ms INTEGER, ended_ms INTEGER
    ) STRICT;
    INSERT INTO session(id) VALUES (1);
    CREATE TABLE transition(
      seq INTEGER PRIMARY KEY, from_phase TEXT NOT NULL, to_phase TEXT NOT NULL, reason TEXT, actor TEXT NOT NULL,
      time_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE plan(
      seq INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, task_id TEXT NOT NULL, description TEXT,
      created_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE plan_step(
      plan_seq INTEGER NOT NULL REFERENCES plan, ordinal INTEGER NOT NULL, step_id TEXT NOT NULL, description TEXT,
      agent_id TEXT NOT NULL, task TEXT, dependencies TEXT, alternative_agent_id TEXT, alternative_task TEXT,
      PRIMARY KEY (plan_seq, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE task(
      task_id TEXT PRIMARY KEY, parent_id TEXT, agent_id TEXT NOT NULL, prompt TEXT, plan_id TEXT, step_id TEXT,
      dependencies TEXT, limit_microusd INTEGER, limit_tokens INTEGER, status TEXT NOT NULL, model TEXT,
      result TEXT, error_code TEXT, error_message TEXT, created_ms INTEGER NOT NULL, started_ms INTEGER,
      finished_ms INTEGER, start_seq INTEGER NOT NULL, done_seq INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tool_execution(
      id TEXT PRIMARY KEY, tool_id TEXT NOT NULL, tool_version TEXT NOT NULL, category TEXT NOT NULL,
      agent_id TEXT NOT NULL, task_id TEXT NOT NULL, parent_id TEXT, effect TEXT NOT NULL, input TEXT,
      status TEXT NOT NULL, attempts INTEGER NOT NULL, max_retries INTEGER NOT NULL, output TEXT,
      output_bytes INTEGER NOT NULL DEFAULT 0, is_truncated INTEGER NOT NULL DEFAULT 0, error_code TEXT,
      error_message TEXT, started_ms INTEGER NOT NULL, ended_ms INTEGER, duration_ms INTEGER NOT NULL DEFAULT 0,
      reserved_microusd INTEGER NOT NULL, cost_microusd INTEGER NOT NULL DEFAULT 0, start_seq INTEGER NOT NULL,
      done_seq INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE model_call(
      id TEXT PRIMARY KEY, task_id TEXT NOT NULL, agent_id TEXT NOT NULL, model TEXT NOT NULL, step INTEGER NOT NULL,
      attempt INTEGER NOT NULL, is_final_answer INTEGER NOT NULL, status TEXT NOT NULL, finish_reason TEXT,
      request_id TEXT, input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
      cached_input_tokens INTEGER NOT NULL DEFAULT 0, cache_write_tokens INTEGER NOT NULL DEFAULT 0,
      reasoning_tokens INTEGER NOT NULL DEFAULT 0, charged_tokens INTEGER NOT NULL DEFAULT 0,
      cost_microusd INTEGER NOT NULL DEFAULT 0, reserved_microusd INTEGER NOT NULL, reserved_tokens INTEGER NOT NULL,
      error_code TEXT, error_message TEXT, will_retry INTEGER, started_ms INTEGER NOT NULL, ended_ms INTEGER,
      duration_ms INTEGER NOT NULL DEFAULT 0, start_seq INTEGER NOT NULL, done_seq INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blackboard(
      ns TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT, agent_id TEXT NOT NULL, metadata TEXT,
      seq INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, PRIMARY KEY (ns, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blackboard_history(
      ns TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT, agent_id TEXT NOT NULL, metadata TEXT,
      seq INTEGER NOT NULL, updated_ms INTEGER NOT NULL, PRIMARY KEY (ns, key, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE artifact(
      name TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL, media_type TEXT NOT NULL,
      title TEXT, blob TEXT NOT NULL, size INTEGER NOT NULL, agent_id TEXT NOT NULL, made_by TEXT, metadata TEXT,
      seq INTEGER NOT NULL, created_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox(
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, idempotency_key TEXT NOT NULL, payload TEXT, attempts INTEGER NOT NULL,
      is_acknowledged INTEGER NOT NULL, error_code TEXT, error_message TEXT, seq INTEGER NOT NULL,
      queued_ms INTEGER NOT NULL, attempted_ms INTEGER
    ) STRICT, WITHOUT ROWID;

    """

  /// The projected tables, each with the columns that order it.
  static let projectionKeys: [(table: String, key: String)] = [
    ("session", "id"), ("transition", "seq"), ("plan", "seq"), ("plan_step", "plan_seq, ordinal"),
    ("task", "task_id"), ("tool_execution", "id"), ("model_call", "id"), ("blackboard", "ns, key"),
    ("blackboard_history", "ns, key, version"), ("artifact", "name"), ("outbox", "id"),
  ]
}
