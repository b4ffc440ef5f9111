-- What a tick measured, stored before it decides: a rerun of the same minute decides on the same figures.
CREATE TABLE measurements (
  minute INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL,
  measurement TEXT NOT NULL
) WITHOUT ROWID;

-- One row: the running sums and alert states that a tick hands to the next, and the newest statuses as people read them.
CREATE TABLE engine (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  minute INTEGER NOT NULL,
  memory TEXT NOT NULL,
  statuses TEXT NOT NULL
);

DROP TABLE slo_status;
