-- How often Cloudflare says that workers were invoked, five minutes a row: tells an idle worker from one whose telemetry is lost.
CREATE TABLE invocations (
  from_minute INTEGER PRIMARY KEY,
  to_minute INTEGER NOT NULL,
  requests TEXT NOT NULL
) WITHOUT ROWID;

-- One row: the exclusions that the stored slices go by. Those added since are taken out of the past.
CREATE TABLE exclusions (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  known TEXT NOT NULL
);

-- What exclusions that were added later took out of the past, for ever.
CREATE TABLE recomputed (
  slo TEXT NOT NULL,
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  total INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  PRIMARY KEY (slo, from_minute, to_minute, minute)
) WITHOUT ROWID;
