import { EXIT, UserError, type Io } from "../../io.ts";
import { textOf, type JsonRecord } from "../../records.ts";
import { clockText, labelOf, stateText } from "./alert-words.ts";
import { openAlerts } from "./open-alerts.ts";

/** `monotask alerts show ID`: everything that is known of one alert. */
export async function showAlert(io: Io, id: string, isJson: boolean): Promise<number> {
  const alert = (await openAlerts(io)).find((one) => textOf(one, "id").startsWith(id));
  if (alert === undefined) {
    throw new UserError(`no alert ${id} fires; monotask alerts explain ${id} shows its past, monotask alerts list what fires`);
  }
  if (isJson) io.out(JSON.stringify(alert, undefined, 2));
  else io.out(lines(io, alert).join("\n"));
  return EXIT.ok;
}

function lines(io: Io, alert: JsonRecord): string[] {
  const now = io.now();
  const field = (name: string, value: string): string[] => (value === "" ? [] : [`${name.padEnd(14)}${value}`]);
  const { acknowledged, hold, errors, toldChannels } = alert;
  return [
    textOf(alert, "summary"),
    ...(textOf(alert, "description") === "" ? [] : [textOf(alert, "description")]),
    "",
    ...field("id", textOf(alert, "id")),
    ...field("rule", textOf(alert, "name")),
    ...field("state", `${stateText(io, textOf(alert, "severity"))}, ${stateText(io, textOf(alert, "status"))}`),
    ...field("worker", labelOf(alert, "worker")),
    ...field("environment", labelOf(alert, "environment")),
    ...field("since", clockText(alert["startsAtMs"], now)),
    ...field(
      "measured",
      [textOf(alert, "value"), textOf(alert, "threshold") && `threshold ${textOf(alert, "threshold")}`]
        .filter(Boolean)
        .join(", "),
    ),
    ...field("occurrences", textOf(alert, "count")),
    ...field(
      "acknowledged",
      isRecord(acknowledged) ? `by ${textOf(acknowledged, "by")} until ${clockText(acknowledged["untilMs"], now)}` : "",
    ),
    ...field("held back", isRecord(hold) ? textOf(hold, "text") : ""),
    ...field("told", Array.isArray(toldChannels) ? toldChannels.join(", ") || "nobody yet" : ""),
    ...field("runbook", textOf(alert, "runbookUrl")),
    ...field("dashboard", textOf(alert, "dashboardUrl")),
    ...(Array.isArray(errors)
      ? errors.filter(isRecord).map((one) => `${"error".padEnd(14)}${textOf(one, "count")}× ${textOf(one, "error")}`)
      : []),
    "",
    `Next: monotask alerts explain ${textOf(alert, "id")}`,
  ];
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null;
}
