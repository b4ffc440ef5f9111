import { liveVersions, versionText } from "../deploys.ts";
import type { VersionAnswer } from "../deploys.ts";
import { narrow } from "../location.ts";
import { useRead } from "../read.ts";
import { useView } from "../viewer.ts";
import { CopyButton } from "./link.tsx";

/** Long enough to see which of two versions is the older one, short enough to read by the minute. */
const LOOK_MS = 60 * 60_000;

/** While two versions answer: compare them, and the command that goes back to the older one. */
export function TwoVersions() {
  const { say, place, turn, nowMs } = useView();
  const loaded = useRead<VersionAnswer>(`/api/versions?from=${Math.round(nowMs - LOOK_MS)}&to=${Math.round(nowMs)}`, turn);
  if (loaded.state !== "ready") return null;
  const versions = loaded.data;
  const split = [...liveVersions(versions, nowMs)].filter(([, live]) => live.length > 1);
  const [first] = split;
  if (first === undefined) return null;
  const [worker, live] = first;
  const byAge = [...live].sort((a, b) => firstStep(versions, worker, a) - firstStep(versions, worker, b));
  const [oldest = ""] = byAge;
  const command = `wrangler versions deploy ${oldest}@100% --name ${worker}`;
  return (
    <div class="versions">
      <b>{worker}</b> answers from {live.length} versions:
      {byAge.map((version) => (
        <button
          key={version}
          type="button"
          class="chip"
          title="Show this version alone"
          aria-pressed={place.query["version"] === version}
          onClick={() => narrow({ version: place.query["version"] === version ? undefined : version })}
        >
          {versionText(version)}
        </button>
      ))}
      <span class="muted">back to the older one:</span>
      <code>{command}</code>
      <CopyButton text={command} label="Copy" say={say} />
    </div>
  );
}

function firstStep({ rows }: VersionAnswer, worker: string, version: string): number {
  return Math.min(...rows.filter((row) => row.workerName === worker && row.version === version).map(({ step }) => step));
}
