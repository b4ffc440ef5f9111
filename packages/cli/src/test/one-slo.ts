/** A file of SLOs without faults. */
export const ONE_SLO: string = `apiVersion: monotask.dev/v1
slos:
  - name: api
    service: api
    indicator: { kind: request, filter: { worker: api }, good: availability }
    target: "99.9%"
    window: 30d
`;
