/** What the product specification lists under each runbook as "Covers", word for word. */
export const COVERS: Readonly<Record<string, readonly string[]>> = {
  "high-error-rate": [
    "Error type classification and investigation",
    "Database, code, external API, and rate limiting issues",
    "Rollback procedures",
    "Circuit breaker implementation",
    "Escalation paths",
  ],
  "queue-backup": [
    "Queue congestion detection and analysis",
    "Consumer performance tuning",
    "Scaling worker capacity",
    "DLQ processing",
    "Poison message handling",
  ],
  "database-slow": [
    "Query performance analysis",
    "Missing index detection and creation",
    "N+1 query problem resolution",
    "Query optimization techniques",
    "Write lock contention handling",
  ],
  "worker-timeout": [
    "Timeout pattern identification",
    "CPU time profiling",
    "External API timeout handling",
    "Queue offloading strategies",
    "Code optimization techniques",
  ],
  "sandbox-stuck": [
    "Sandbox lifecycle debugging",
    "Infinite loop detection",
    "Manual and bulk cleanup procedures",
    "State reconciliation",
    "Resource exhaustion handling",
  ],
};

/** The specification's maintenance tasks, by how often. */
export const MAINTENANCE: Readonly<Record<string, readonly string[]>> = {
  Weekly: [
    "Review SLO compliance reports",
    "Check error budget consumption",
    "Update dashboard for new metrics",
    "Review and acknowledge alerts",
  ],
  Monthly: [
    "Run recovery drill",
    "Review and update runbooks",
    "Audit slow queries and add indexes",
    "Optimize monitoring costs",
  ],
  Quarterly: [
    "SLO review and adjustment",
    "Dashboard redesign based on usage",
    "Alert threshold tuning",
    "Runbook effectiveness review",
  ],
};
