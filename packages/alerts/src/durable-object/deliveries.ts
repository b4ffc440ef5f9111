import type { ChannelDeps } from "../channels/channel.ts";
import { sendTo } from "../channels/senders.ts";
import type { Effect } from "../engine/event.ts";
import type { Enrichment } from "../notification/enrichment.ts";
import { clockText } from "../notification/figures.ts";
import type { Notification } from "../notification/notification.ts";
import { actionLinks, type LinkSecrets } from "../pages/action-links.ts";
import type { Ledger } from "./ledger.ts";
import type { AlertStore } from "./store.ts";

/** How long whoever starts deliveries waits for them; slow peers then finish on their own. */
const PATIENCE_MS = 2_000;
/** Real time that finding out more about an outage may take: a message never waits longer. */
const ENRICH_MS = 2_000;

/** One job that the engine hands out. */
export type Delivery = Extract<Effect, { kind: "deliver" }>;

/** Delivers jobs, each at most once at a time. */
export interface Deliveries {
  /** Begins them all and waits a little. Never rejects: a job whose outcome is lost is tried again after its lease. */
  begin(jobs: readonly Delivery[]): Promise<void>;
}

/** What deliveries work with. */
export interface DeliveriesDeps {
  readonly store: AlertStore;
  readonly ledger: Ledger;
  readonly channels: ChannelDeps;
  /** Signs the links in messages; there are none without. */
  readonly links: LinkSecrets | undefined;
  /** What more is known about an outage; may fail. */
  readonly enrich: (notification: Notification) => Promise<Enrichment | undefined>;
  /** An outcome is stored: something else may fall due now. */
  readonly settled: () => Promise<void>;
  readonly complain: (what: string, error: unknown) => void;
}

export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { store, ledger, channels, links, enrich, settled, complain } = deps;
  /** Jobs whose delivery has begun: a lease that ends early must not send them twice. */
  const inFlight = new Set<string>();

  /** Delivers one job and takes its outcome in. Never rejects. */
  async function deliver(delivery: Delivery, enriched: Map<string, Promise<void>>): Promise<void> {
    const { id, channel } = delivery.job;
    if (inFlight.has(id)) return;
    inFlight.add(id);
    try {
      await attempt(delivery, enriched);
    } catch (error) {
      complain(`outcome of ${channel} could not be stored`, error);
    } finally {
      // Not before the outcome is stored, or a lease that is over would hand the job out again; and not once it may be out again.
      inFlight.delete(id);
    }
    await settled().catch((error: unknown) => complain("alarm could not be set", error));
  }

  async function attempt(delivery: Delivery, enriched: Map<string, Promise<void>>): Promise<void> {
    const { job } = delivery;
    // At the first attempt only: a message that is told again says the same.
    if (job.record.attempts === 1) {
      const once = enriched.get(job.notificationId) ?? findOut(job.notificationId);
      enriched.set(job.notificationId, once);
      await once;
    }
    const notification = store.notification(job.notificationId);
    const outcome =
      notification === undefined
        ? { kind: "permanent" as const, reason: "its text is no longer stored" }
        : await sendTo(job.channel, await dressed(notification, delivery), channels);
    await ledger.takeTogether({ kind: "outcome", jobId: job.id, outcome });
  }

  /** Lets the host find out more about an outage, once for all targets and retries. Never rejects. */
  async function findOut(notificationId: string): Promise<void> {
    const notification = store.notification(notificationId);
    if (notification === undefined || notification.enrichment || notification.drill || notification.alerts.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const silence = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ENRICH_MS);
    });
    try {
      const enrichment = await Promise.race([enrich(notification), silence]);
      if (enrichment) store.enrich(notificationId, enrichment);
    } catch (error) {
      complain("an outage could not be enriched", error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What is known only when it is sent: that it is late, and the signed links. */
  async function dressed(notification: Notification, { lateSinceMs, job }: Delivery): Promise<Notification> {
    const late =
      lateSinceMs === undefined
        ? []
        : [
            `Late: this was to be told at ${clockText(lateSinceMs, job.lateAtMs ?? lateSinceMs)}; the channel did not take it before.`,
          ];
    const actions = links && (await actionLinks(notification, links));
    return { ...notification, notes: [...late, ...notification.notes], ...(actions && { actions }) };
  }

  return {
    async begin(jobs) {
      if (jobs.length === 0) return;
      const enriched = new Map<string, Promise<void>>();
      const deliveries = jobs.map((delivery) => deliver(delivery, enriched));
      let timer: ReturnType<typeof setTimeout> | null = null;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([Promise.all(deliveries), patience]);
      clearTimeout(timer);
    },
  };
}
