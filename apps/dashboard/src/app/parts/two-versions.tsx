import { liveVersions, versionText } from "../deploys.ts";
import type { VersionAnswer } from "../deploys.ts";
import { narrow } from "../location.ts";
import { useView } from "../viewer.ts";
import { CopyButton } from "./link.tsx";

/** While two versions answer: compare them, and the command that goes back to the older one. */
export function TwoVersions({ versions }: { versions: VersionAnswer }) {
  const { say, place } = useView();
  const split = [...liveVersions(versions)].filter(([, live]) => live.length > 1);
  const [first] = split;
  if (first === undefined) return null;
  const [worker, live] = first;
  const oldest = [...live].sort((a, b) => firstStep(versions, worker, a) - firstStep(versions, worker, b))[0] ?? "";
  const command = `wrangler versions deploy ${oldest}@100% --name ${worker}`;
  return (
    <div class="versions">
      <b>{worker}</b> answers from {live.length} versions:
      {live.map((version) => (
        <button
          key={version}
          type="button"
          class="chip"
          aria-pressed={place.query["version"] === version}
          onClick={() => narrow({ version: place.query["version"] === version ? undefined : version })}
        >
          {versionText(version)}
        </button>
      ))}
      <code>{command}</code>
      <CopyButton text={command} label="Copy" say={say} />
    </div>
  );
}

function firstStep({ rows }: VersionAnswer, worker: string, version: string): number {
  return Math.min(...rows.filter((row) => row.workerName === worker && row.version === version).map(({ step }) => step));
}
