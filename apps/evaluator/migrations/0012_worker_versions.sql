-- Every version that ever answered requests, for ever: when it was first and last seen, epoch milliseconds. Deploys on long ranges are
-- drawn from it, because raw points are gone after three months.
CREATE TABLE worker_versions (
  worker TEXT NOT NULL,
  environment TEXT NOT NULL,
  version TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (worker, environment, version)
) WITHOUT ROWID;

CREATE INDEX worker_versions_by_last ON worker_versions (last_ms);
