-- Statuses are made from the memory when somebody reads them: a thousand of them did not fit into one row, and most are never read.
ALTER TABLE engine DROP COLUMN statuses;
