/**
 * The version written into each point. Raise it when a column changes its meaning; a new column at a free position needs no rise.
 * A position is never given a second meaning: rows live for 93 days.
 */
export const SCHEMA_VERSION = 1;
