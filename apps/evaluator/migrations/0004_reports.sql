-- One row for each report that was made; `mailed` is set once the mail has gone.
CREATE TABLE reports (
  kind TEXT NOT NULL,
  from_minute INTEGER NOT NULL,
  title TEXT NOT NULL,
  html TEXT NOT NULL,
  markdown TEXT NOT NULL,
  mailed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, from_minute)
) WITHOUT ROWID;
