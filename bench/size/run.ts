// node bench/size/run.ts [--check | --record]
// Bytes that one import of @monotask/monitoring brings into a worker, against those that are on record in sizes.json.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleOf } from "../overhead/src/bundle.ts";

/** What may be added before somebody has to say that it is worth it. */
const TOLERANCE = 1.02;

const { values } = parseArgs({ options: { check: { type: "boolean" }, record: { type: "boolean" } } });
const recordFile = join(import.meta.dirname, "sizes.json");
const recorded = JSON.parse(readFileSync(recordFile, "utf8")) as Record<string, number>;

const sizes: Record<string, number> = {};
for (const name of Object.keys(recorded)) {
  const contents = `export ${name} from "@monotask/monitoring";`;
  const { minifiedBytes, gzipBytes } = await bundleOf({ stdin: { contents, resolveDir: import.meta.dirname } });
  sizes[name] = gzipBytes;
  if (!values.check) console.log(`${contents.padEnd(64)} ${minifiedBytes} B minified, ${gzipBytes} B gzip`);
}

const grown = Object.entries(sizes).filter(([name, bytes]) => bytes > (recorded[name] ?? 0) * TOLERANCE);
if (values.record) writeFileSync(recordFile, `${JSON.stringify(sizes, undefined, 2)}\n`);
else if (grown.length > 0) {
  for (const [name, bytes] of grown) {
    console.error(`export ${name} is ${bytes} B gzip, more than 2 % above the ${recorded[name]} B on record.`);
  }
  console.error("Find what came along with `esbuild --metafile`, or, where it is worth it: node bench/size/run.ts --record");
  process.exitCode = 1;
}
