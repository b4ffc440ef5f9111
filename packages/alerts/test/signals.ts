import type { AlertSignal, Severity, Symptom } from "../src/index.ts";

/** What tests vary of a signal. */
export interface SignalFields {
  worker?: string;
  severity?: Severity;
  symptom?: Symptom;
  status?: AlertSignal["status"];
  labels?: Record<string, string>;
}

/** A signal of rule `name`, critical errors of `api` in production unless said otherwise. */
export function signal(name: string, fields: SignalFields = {}, more: Partial<AlertSignal> = {}): AlertSignal {
  const { worker = "api", severity = "critical", symptom = "errors", status = "firing", labels = {} } = fields;
  return {
    name,
    labels: { environment: "production", team: "core", ...labels, worker, severity, symptom },
    status,
    startsAt: 0,
    summary: name,
    description: "",
    ...more,
  };
}
