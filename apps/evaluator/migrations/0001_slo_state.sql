-- One packed row for all SLIs of a closed minute, five minutes or hour. A tick stores what it measured before it decides, so that a
-- rerun decides on the same figures.
CREATE TABLE slices (
  span_minutes INTEGER NOT NULL,
  start_minute INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  cells TEXT NOT NULL,
  PRIMARY KEY (span_minutes, start_minute)
) WITHOUT ROWID;

-- One row for each decided minute, written in one batch with the statuses; `told` is set once AlertManager has taken the signals.
CREATE TABLE ticks (
  minute INTEGER PRIMARY KEY,
  outcome TEXT NOT NULL,
  signals TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- The newest decided status of each SLO with its rules.
CREATE TABLE slo_status (
  name TEXT PRIMARY KEY,
  minute INTEGER NOT NULL,
  status TEXT NOT NULL
) WITHOUT ROWID;
