import type { AlertManagerApi, EmailMessage, RaiseBatch } from "../src/index.ts";

/** A worker's environment in memory, and what happened in it. */
export interface FakeEnv {
  env: object;
  kv: Map<string, string>;
  /** Batches that AlertManager was given. */
  raised: RaiseBatch[];
  mails: EmailMessage[];
  /** Makes KV, AlertManager or both fail from now on, or work again; one may hang instead. */
  break(broken: { kv?: boolean; manager?: boolean }, hanging?: "kv" | "manager"): void;
  /** How often each was asked, failures included. */
  calls: { get: number; put: number; raise: number };
}

/** An environment with KV and mail, with an AlertManager unless it is left out. */
export function fakeEnv(options: { hasManager?: boolean; hasKv?: boolean; shared?: FakeEnv } = {}): FakeEnv {
  const { hasManager = true, hasKv = true, shared } = options;
  const kv = shared?.kv ?? new Map<string, string>();
  const raised: RaiseBatch[] = [];
  const mails: EmailMessage[] = [];
  const calls = { get: 0, put: 0, raise: 0 };
  let broken: { kv?: boolean; manager?: boolean } = {};
  let hanging: "kv" | "manager" | undefined;
  const never = (): Promise<never> => new Promise(() => undefined);

  const kvBinding = {
    async get(key: string) {
      calls.get += 1;
      if (hanging === "kv") await never();
      if (broken.kv) throw new Error("KV GET failed: 500");
      return kv.get(key) ?? null;
    },
    async put(key: string, value: string) {
      calls.put += 1;
      if (broken.kv) throw new Error("KV PUT failed: 429");
      kv.set(key, value);
    },
    async delete(key: string) {
      kv.delete(key);
    },
  };
  const manager: Pick<AlertManagerApi, "raise"> = {
    async raise(batch) {
      calls.raise += 1;
      if (hanging === "manager") await never();
      if (broken.manager) throw new Error("Network connection lost");
      raised.push(batch);
      return { accepted: batch.signals.length, duplicate: false };
    },
  };
  const env = {
    ALERT_EMAIL: "alerts@monotask.dev",
    EMAIL: { send: async (mail: EmailMessage) => void mails.push(mail) },
    ...(hasKv && { ALERT_COOLDOWN: kvBinding }),
    ...(hasManager && { ALERT_MANAGER: { getByName: () => manager } }),
  };
  return { env, kv, raised, mails, calls, break: (which, how) => ([broken, hanging] = [which, how]) };
}
