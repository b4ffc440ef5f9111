-- Every metric of the dashboard by day, for ever: the rows of one section's scan (counts, sums and histograms, which add up), with what
-- each column measures. Raw points are gone after three months.
CREATE TABLE daily_aggregates (
  day INTEGER NOT NULL,
  section TEXT NOT NULL,
  kept TEXT NOT NULL,
  PRIMARY KEY (day, section)
) WITHOUT ROWID;
