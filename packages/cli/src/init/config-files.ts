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
