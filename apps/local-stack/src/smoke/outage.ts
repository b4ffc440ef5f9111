import type { InboxMessage } from "@monotask/cli/local";
import { createEvaluatorApi, type AlertLine, type NotificationLine } from "../stack/evaluator-api.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import type { Stack } from "../stack/stack.ts";
import { toldBook } from "../stack/told-book.ts";
import type { Traffic } from "../traffic/traffic.ts";
import { countRequests } from "./counts.ts";
import type { Steps } from "./report.ts";
import { countBy, deliveredTo, isSameCount, textOfCounts, type ToldCounts } from "./told.ts";
import { until } from "./until.ts";

/** The page that a burst of failures must raise, and the outage it belongs to. */
const RULE = "slo:api-availability:page-fast";
const GROUP = "environment=production,worker=monotask-demo,symptom=availability";
/** Where a critical alert of the production environment goes. */
const ROUTED: ToldCounts = { email: 1, log: 1, pagerduty: 1, slack: 1 };
const FEWEST_REQUESTS = 1_000;
/** A third of the requests fails: enough for the fast page within minutes, too little to touch the slow ones. */
const ERROR_RATE = 0.35;

interface Path {
  readonly stack: Stack;
  /** How long a step waits for what it expects, real milliseconds. */
  readonly patienceMs: number;
  readonly steps: Steps;
}

interface Books extends Path {
  readonly traffic: Traffic;
  /** Virtual time at which the stack started. */
  readonly fromMs: number;
}

/** Healthy traffic: nobody hears anything of the API. */
export async function runHealthy({ stack, steps, patienceMs }: Path): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  await steps.run(
    "Healthy traffic: the SLOs are green",
    "api-availability and api-gateway-latency ok, nobody paged",
    async () => {
      const seen = await until(
        () => api.slos(),
        ({ slos }) => WATCHED.every((name) => slos.find((slo) => slo.name === name)?.state === "ok"),
        patienceMs,
      );
      const states = WATCHED.map((name) => `${name} ${seen.slos.find((slo) => slo.name === name)?.state ?? "not measured"}`);
      const paged = (await api.notifications()).filter(({ groupKey, kind }) => groupKey === GROUP && kind === "firing").length;
      return {
        ok: states.every((state) => state.endsWith(" ok")) && paged === 0,
        observed: `${states.join(", ")}; ${paged} pages`,
      };
    },
  );
}

/** An outage of the API, the page, its end. */
export async function runOutage({ stack, steps, patienceMs }: Path): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);

  await steps.run("Fault on: the page fires", `${RULE} critical, told once by ${textOfCounts(ROUTED)}`, async () => {
    await switchFaults(stack.addresses.demo, { errorRate: ERROR_RATE });
    const look = async (): Promise<{ told: ToldCounts; page: AlertLine | undefined }> => ({
      told: await firstPages(api),
      page: (await api.alerts()).find(({ name }) => name === RULE),
    });
    const { told, page } = await until(
      look,
      (seen) => seen.page !== undefined && isSameCount(seen.told, ROUTED),
      patienceMs,
    ).finally(() => switchFaults(stack.addresses.demo, { errorRate: 0 }));
    const observed = `${page === undefined ? "no page" : `${page.severity}: ${page.summary}`}; first told ${textOfCounts(told)}`;
    return { ok: page?.severity === "critical" && isSameCount(told, ROUTED), observed };
  });

  await steps.run("Fault off: the end is told once where the page was heard", textOfCounts(ROUTED), async () => {
    const ended = await until(
      async () => deliveredTo(await api.notifications(), GROUP, { kind: "resolved" }),
      (counts) => isSameCount(counts, ROUTED),
      2 * patienceMs,
    );
    return { ok: isSameCount(ended, ROUTED), observed: textOfCounts(ended) };
  });
}

/** The books: every message that was decided arrived, and every request that was sent is counted by ClickHouse. */
export async function runBooks({ stack, traffic, steps, fromMs, patienceMs }: Books): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);

  await steps.run(
    "Every message arrived, and arrived once",
    "as many in the inbox as were decided, for each channel",
    async () => {
      const look = async (): Promise<{
        decided: ToldCounts;
        received: ToldCounts;
        isOnce: boolean;
        beyond: readonly string[];
      }> => {
        const [notifications, inbox] = [await api.notifications(), await inboxOf(stack)];
        const addressed = notifications.filter(({ channel }) => channel !== "log");
        const isOnce = new Set(addressed.map(({ id, channel }) => `${id} ${channel}`)).size === addressed.length;
        const decided = countBy(addressed.filter(({ status }) => status === "delivered").map(({ channel }) => channel));
        const received = countBy(inbox.map(({ channel }) => channel));
        return { decided, received, isOnce, beyond: toldBook(notifications, inbox).beyond };
      };
      const seen = await until(look, ({ decided, received }) => isSameCount(decided, received), patienceMs);
      const { decided, received, isOnce, beyond } = seen;
      const counts = `decided ${textOfCounts(decided)}; received ${textOfCounts(received)}`;
      return {
        ok: isOnce && isSameCount(decided, received) && beyond.length === 0,
        observed: [counts, ...beyond].join("; beyond them "),
      };
    },
  );

  await steps.run(
    "ClickHouse holds every request, at sampling 1",
    `at least ${FEWEST_REQUESTS} sent; rows = weighted = sent`,
    async () => {
      const least = FEWEST_REQUESTS;
      await until(
        () => Promise.resolve(traffic.counts().sent),
        (sent) => sent >= least,
        patienceMs,
      );
      await traffic.pause();
      const { sent, unanswered } = traffic.counts();
      const range = { fromMs, toMs: stack.clock.now() + MINUTE_MS };
      const { rows, requests } = await until(
        () => countRequests(stack.addresses, range),
        (counts) => counts.rows >= sent,
        patienceMs,
      );
      const observed = `${sent} sent (${unanswered.length} without an answer), ${rows} rows, ${requests} weighted requests`;
      return { ok: sent >= least && unanswered.length === 0 && rows === sent && requests === sent, observed };
    },
  );
}

const WATCHED: readonly string[] = ["api-availability", "api-gateway-latency"];
const MINUTE_MS = 60_000;

async function firstPages(api: ReturnType<typeof createEvaluatorApi>): Promise<ToldCounts> {
  const notifications: readonly NotificationLine[] = await api.notifications();
  return deliveredTo(notifications, GROUP, { kind: "firing", reason: "first" });
}

async function inboxOf(stack: Stack): Promise<readonly InboxMessage[]> {
  // The inbox is part of this program; its messages are what it wrote.
  return (await (await fetch(`${stack.addresses.inbox}/inbox.json`)).json()) as readonly InboxMessage[];
}
