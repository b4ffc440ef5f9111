import type { AlertView } from "../model/alert.ts";
import type { AlertQuery } from "../model/page.ts";
import type { AlertManagerApi } from "./env.ts";

/** All alerts, or all of a group, page by page. */
export async function allAlerts(
  manager: Pick<AlertManagerApi, "page">,
  { groupKey }: Pick<AlertQuery, "groupKey"> = {},
): Promise<AlertView[]> {
  const of = groupKey === undefined ? {} : { groupKey };
  let page = await manager.page(of);
  const { alerts } = page;
  while (page.cursor !== undefined) {
    page = await manager.page({ ...of, cursor: page.cursor });
    alerts.push(...page.alerts);
  }
  return alerts;
}
