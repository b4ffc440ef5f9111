import { textAt } from "../json.ts";
import { blocksOf } from "../wrangler-config/wrangler-config.ts";
import type { WranglerConfig } from "../wrangler-config/wrangler-config.ts";

/** Each entry file once, with the name of the worker that it is. An environment may have its own. */
export function entriesOf(config: WranglerConfig): { file: string; workerName: string }[] {
  const topName = textAt(config.data, "name") ?? "";
  const mains = new Set(blocksOf(config).flatMap(({ data }) => textAt(data, "main") ?? []));
  const folder = config.file.includes("/") ? config.file.slice(0, config.file.lastIndexOf("/") + 1) : "";
  return [...mains].map((main) => ({ file: `${folder}${main.replace(/^\.\//, "")}`, workerName: topName }));
}
