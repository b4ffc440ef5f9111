/** The objectives a new project begins with: availability and latency of its own worker. */
export function startingSlos(workerName: string): string {
  return `# The objectives of ${workerName}. Check a change with: monotask slo validate config/slos.yaml
apiVersion: monotask.dev/v1
slos:
  - name: ${workerName}-availability
    service: ${workerName}
    description: Requests answered without failing on our side. 4xx answers are good.
    indicator:
      kind: request
      filter: { worker: ${workerName} }
      good: availability
    target: "99.9%" # 43.2 minutes of total outage in 30 days
    window: 30d
    runbook: runbooks/high-error-rate.md

  - name: ${workerName}-latency
    service: ${workerName}
    description: P95 below 500 ms, measured as 95 % of requests answered in less than 500 ms.
    indicator:
      kind: request
      filter: { worker: ${workerName} }
    percentile: { p95: 500ms }
    window: 30d
    runbook: runbooks/worker-timeout.md
`;
}

/** The alert rules a new project begins with: the thresholds of the five runbooks, told by whatever channels the evaluator has. */
export function startingAlerts(workerName: string): string {
  return `# Threshold rules and routes of ${workerName}; objectives have alerts of their own (slos.yaml). Check a change with: monotask alerts validate
# See who would hear with: monotask alerts route worker=${workerName} severity=critical
# Only production is measured unless a rule's \`where\` says otherwise.
apiVersion: monotask.dev/alerts/v1

rules:
  - name: error-rate-critical
    measure: error-rate
    above: 5%
    severity: critical
    window: 5m
    for: 5m
    minEvents: 100
    minBad: 5
    runbook: runbooks/high-error-rate.md
  - name: error-rate-warning
    measure: error-rate
    above: 1%
    severity: warning
    window: 5m
    for: 5m
    minEvents: 100
    minBad: 5
    runbook: runbooks/high-error-rate.md
  - name: latency-warning
    measure: latency
    percentile: p95
    above: 500ms
    severity: warning
    window: 15m
    minEvents: 200
    per: endpoint
    runbook: runbooks/worker-timeout.md
  - name: worker-timeout-warning
    measure: timeout-rate
    above: 2%
    severity: warning
    window: 5m
    minEvents: 100
    minBad: 5
    runbook: runbooks/worker-timeout.md
  - name: slow-queries-warning
    measure: database-latency
    percentile: p95
    above: 100ms
    severity: warning
    window: 15m
    minEvents: 200
    runbook: runbooks/database-slow.md
  - name: queue-depth-warning
    measure: queue-depth
    above: 100
    severity: warning
    window: 5m
    for: 5m
    runbook: runbooks/queue-backup.md

# The first route that matches counts. A channel without its secret on the evaluator is left out, and monotask doctor names it.
routes:
  - match: severity=critical
    targets: [email, slack, pagerduty]
    escalation: pagerduty
  - match: severity=warning
    targets: [slack]
    escalation: none
  - match: severity=info
    targets: [log]
    escalation: none

# Whatever no route matches is seen by somebody.
fallback:
  targets: [email, slack]
`;
}
