-- The dead letter store of @monotask/queue; a test compares this file with the package's tables.
CREATE TABLE dead_letters (
  queue TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  sent_at_ms INTEGER NOT NULL,
  dead_at_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  reason TEXT NOT NULL,
  error_name TEXT NOT NULL,
  error_message TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  preview TEXT NOT NULL,
  body_kind TEXT NOT NULL,
  body_bytes INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  body TEXT,
  body_key TEXT,
  redrives INTEGER NOT NULL,
  claim TEXT,
  claimed_at_ms INTEGER,
  resolved_at_ms INTEGER,
  resolved_by TEXT,
  PRIMARY KEY (queue, id)
) WITHOUT ROWID;

CREATE INDEX dead_letters_by_state ON dead_letters (state, dead_at_ms);

CREATE INDEX dead_letters_by_body ON dead_letters (body_hash, queue);

CREATE INDEX dead_letters_by_claim ON dead_letters (claim) WHERE claim IS NOT NULL;

CREATE TABLE dead_letter_rate (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tokens REAL NOT NULL,
  at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL
);
