import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli, type CliRun, type CliWorld } from "../../test/run-cli.ts";

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

let asked: Asked[] = [];
let answers: Record<string, unknown[]> = {};
let url = "";
const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (text += chunk));
  request.on("end", () => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push({ path: request.url ?? "", body: text === "" ? undefined : (JSON.parse(text) as unknown) });
    const [answer, ...rest] = answers[path] ?? [];
    if (rest.length > 0) answers[path] = rest;
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { error: `there is no ${path}` }));
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  asked = [];
  answers = {};
});

function cli(words: string, world: CliWorld = {}): Promise<CliRun> {
  return runCli(words.split(" "), { env: { MONOTASK_URL: url, MONOTASK_API_TOKEN: "t", USER: "kim" }, ...world });
}

const letter = {
  id: "m1",
  queue: "agent-jobs",
  state: "stored",
  reason: "given-up",
  sentAtMs: 1,
  deadAtMs: Date.UTC(2026, 10, 24, 11),
  attempts: 1,
  errorName: "Problem",
  errorMessage: "not an agent job",
  fingerprint: "f00d",
  preview: '{"poison":1}',
  bodyBytes: 12,
  storedIn: "d1",
  redrives: 0,
};
const DLQ = "/api/v1/queues/dlq";

describe("monotask queue", () => {
  it("depth shows each queue, and names one that could not be read", async () => {
    answers["/api/v1/queues"] = [
      {
        queues: [{ queue: "agent-jobs", count: 120, bytes: 4_800, oldestAgeMs: 90_000, source: "binding" }],
        failures: [{ queue: "other", message: "queue is gone" }],
      },
    ];
    const { code, out, err } = await cli("queue depth");
    expect(out.split("\n")[1]).toMatch(/^agent-jobs +120 +4800 +90 s +binding$/);
    expect([code, err]).toEqual([1, "other could not be read: queue is gone"]);
  });

  it("dlq list shows what messages died of, as the options select them", async () => {
    answers[DLQ] = [{ letters: [letter], total: 7 }];
    const { out } = await cli("queue dlq list --queue agent-jobs --fingerprint f00d", { io: { columns: 140 } });
    expect(out).toContain("Problem: not an agent job");
    expect(out).toContain("1 of 7.");
    expect(asked[0]?.path).toBe(`${DLQ}?queue=agent-jobs&fingerprint=f00d&limit=50`);
  });

  it("dlq show gives one with the preview of its body, and says when there is none", async () => {
    answers[`${DLQ}/m1`] = [{ letters: [letter] }];
    const { out } = await cli("queue dlq show m1");
    expect(out).toContain("died        2026-11-24 11:00:00, delivered once");
    expect(out.endsWith('{"poison":1}')).toBe(true);
    expect((await cli("queue dlq show none")).err).toContain("there is no /api/v1/queues/dlq/none");
  });

  it("dlq redrive goes on until all are sent, waiting as it is told", async () => {
    answers[DLQ] = [{ letters: [letter], total: 120 }];
    answers[`${DLQ}/redrive`] = [
      { redriven: 50, refused: [], uncertain: [], left: 70, retryAfterMs: 0 },
      { redriven: 50, refused: [], uncertain: [], left: 20, retryAfterMs: 500 },
      { redriven: 20, refused: [], uncertain: [], left: 0, retryAfterMs: 0 },
    ];
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<boolean> => {
      waits.push(ms);
      return true;
    };
    const { code, out } = await cli("queue dlq redrive --all --yes", { io: { sleep } });
    expect([code, out, waits]).toEqual([0, "120 dead letters are back in the queue.", [0, 500]]);
    expect(asked.at(-1)?.body).toEqual({ filter: {}, by: "kim", includeUncertain: false });
  });

  it("dlq redrive stops at a refusal and names what it left and what nobody knows", async () => {
    answers[DLQ] = [{ letters: [letter], total: 2 }];
    answers[`${DLQ}/redrive`] = [
      { redriven: 0, refused: [{ id: "m1", message: "Too Many Requests" }], uncertain: ["m2"], left: 1, retryAfterMs: 0 },
    ];
    const { code, err } = await cli("queue dlq redrive m1 m2 --yes");
    expect(code).toBe(1);
    expect(err).toContain("m1 was refused and stays stored: Too Many Requests");
    expect(err).toContain("whether it took m2");
  });

  it("dlq redrive and drop only show with --dry-run, ask without --yes, and do nothing without an answer", async () => {
    answers[DLQ] = [{ letters: [letter], total: 1 }];
    expect((await cli("queue dlq redrive --all --dry-run")).out).toContain("It would be this one.");
    const { code, err } = await cli("queue dlq drop --all --queue agent-jobs");
    expect([code, err]).toEqual([1, "monotask: nothing is done; add --yes to do it without a question"]);
    expect(asked.every(({ body }) => body === undefined)).toBe(true);
    answers[`${DLQ}/drop`] = [{ dropped: 1 }];
    expect((await cli("queue dlq drop --all --queue agent-jobs", { answers: ["y"] })).out).toContain("1 dead letter is dropped");
  });

  it("dlq redrive and drop name the ids that do not wait, and do nothing where none does", async () => {
    answers[DLQ] = [{ letters: [], total: 0 }];
    for (const verb of ["redrive", "drop"]) {
      const { code, out, err } = await cli(`queue dlq ${verb} m8 m9 --yes`);
      expect([code, out]).toEqual([1, "No dead letter fits; nothing is done."]);
      expect(err).toContain("m9 is no dead letter that waits; what became of it: monotask queue dlq show m9");
    }
    expect(asked.map(({ path }) => path)).toEqual(Array(2).fill(`${DLQ}?ids=m8%2Cm9&limit=500`));
  });

  it.each([
    ["queue dlq redrive", "or --queue, --fingerprint or --reason, or --all"],
    ["queue dlq redrive m1 --all", "not both"],
    ["queue dlq drop --all", "--all --queue NAME"],
  ])("%s says what is missing", async (words, sentence) => {
    const { code, err } = await cli(words);
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)]);
  });
});

describe("monotask sandbox", () => {
  it("list shows pools, sandboxes, and what to do about a stuck one", async () => {
    answers["/api/v1/sandboxes"] = [
      {
        pools: [{ pool: "agents", active: 21, capacity: 25, stuck: 1, waiting: 0 }],
        sandboxes: [
          {
            id: "sbx-1",
            pool: "agents",
            status: "stuck",
            cause: "suspected-infinite-loop",
            acquiredAtMs: Date.UTC(2026, 10, 24, 11, 59),
            owner: "tsk_1",
          },
        ],
      },
    ];
    const { out } = await cli("sandbox list", { io: { columns: 120 } });
    expect(out).toMatch(/agents +21 of 25 +1 +0/);
    expect(out).toMatch(/sbx-1 +agents +stuck +suspected-infinite-loop +60 s +tsk_1/);
    expect(out).toContain("monotask sandbox kill --stuck --dry-run");
  });

  it("kill first says which, asks, and then does it", async () => {
    answers["/api/v1/sandboxes/kill"] = [{ ids: ["sbx-1"] }];
    expect((await cli("sandbox kill --stuck --dry-run")).out).toBe("It would be this one:\nsbx-1");
    expect((await cli("sandbox kill --stuck")).err).toContain("nothing is done; add --yes");
    const { out } = await cli("sandbox kill sbx-1 --yes");
    expect(out).toContain("1 ordered to be destroyed");
    expect(asked.map(({ body }) => body)).toEqual([
      { stuck: true, force: false, dryRun: true },
      { stuck: true, force: false, dryRun: true },
      { ids: ["sbx-1"], force: false, dryRun: true },
      { ids: ["sbx-1"], force: false },
    ]);
    expect((await cli("sandbox kill")).err).toContain("name sandboxes, or give --stuck");
  });

  it("reconcile tells orphans and ghosts of each pool", async () => {
    answers["/api/v1/sandboxes/reconcile"] = [
      {
        pools: [
          { pool: "agents", asOfMs: Date.UTC(2026, 10, 24, 11, 59, 30), orphans: ["o1", "o2"], ghosts: ["g1"], started: [] },
        ],
      },
    ];
    const { out } = await cli("sandbox reconcile --dry-run");
    expect(out).toBe("agents: 2 orphans would be destroyed: o1, o2; 1 ghost would be given up: g1 (platform seen 30 s ago)");
  });

  it("show gives a sandbox that has ended", async () => {
    answers["/api/v1/sandboxes/s1"] = [{ ended: { id: "s1", exitReason: "oom", endedAtMs: 0 } }];
    expect((await cli("sandbox show s1")).out).toContain("exitReason        oom\nendedAtMs         1970-01-01T00:00:00.000Z");
  });
});
