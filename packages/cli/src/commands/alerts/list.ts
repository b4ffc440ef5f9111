import { EXIT, type Io } from "../../io.ts";
import { textOf, type JsonRecord } from "../../records.ts";
import { table } from "../../table.ts";
import { clockText, labelOf } from "./alert-words.ts";
import { openAlerts } from "./open-alerts.ts";

/** `monotask alerts list`: what fires now, loudest and oldest first. */
export async function listAlerts(io: Io, isJson: boolean): Promise<number> {
  const alerts = (await openAlerts(io)).sort(loudestThenOldest);
  if (isJson) io.out(JSON.stringify({ alerts }, undefined, 2));
  else if (alerts.length === 0) io.out("No alert fires.");
  else {
    io.out(alertTable(io, alerts));
    io.out(`\n${alerts.map((alert) => `${textOf(alert, "name")}: ${textOf(alert, "summary")}`).join("\n")}`);
    io.out("\nNext: monotask alerts explain <ID> says why, monotask alerts ack <ID> takes it.");
  }
  return EXIT.ok;
}

/** Alerts as a table. */
export function alertTable(io: Io, alerts: readonly JsonRecord[]): string {
  const rows = alerts.map((alert) => [
    textOf(alert, "id"),
    textOf(alert, "severity"),
    textOf(alert, "status"),
    labelOf(alert, "worker"),
    textOf(alert, "name"),
    clockText(alert["startsAtMs"], io.now()),
  ]);
  return table(["ID", "SEVERITY", "STATUS", "WORKER", "ALERT", "SINCE"], rows, io.columns);
}

const SEVERITIES = ["critical", "warning", "info"];

function loudestThenOldest(a: JsonRecord, b: JsonRecord): number {
  const bySeverity = SEVERITIES.indexOf(textOf(a, "severity")) - SEVERITIES.indexOf(textOf(b, "severity"));
  return bySeverity || Number(a["startsAtMs"] ?? 0) - Number(b["startsAtMs"] ?? 0);
}
