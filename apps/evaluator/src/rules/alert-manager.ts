import type { Enrichment, Notification } from "@monotask/alerts";
import { AlertManager as PlainAlertManager } from "@monotask/alerts/durable-object";
import { routingOf } from "@monotask/alerts/rules";
import { readSettings } from "@monotask/telemetry";
import { queryPort } from "../query-port.ts";
import { diagnosed } from "./first-diagnosis.ts";
import { configOf, readRules, SHIPPED_RULES } from "./rules-file.ts";
import { MAX_RULES_CHARACTERS, RulesStore, type RulesRevision } from "./rules-store.ts";

/** The answer to a push or a rollback. */
export type RulesAnswer = { ok: true; live: RulesRevision } | { ok: false; error: string };

/** AlertManager with the routes of the rules file; pushed rules hold from the next step on, without a deploy. */
export class AlertManager extends PlainAlertManager {
  #rules: RulesStore | undefined;

  /** Asked while the object is made, before its own fields are. */
  protected override settings(): ReturnType<PlainAlertManager["settings"]> {
    return { routing: routingOf(configOf(new RulesStore(this.ctx.storage.sql, SHIPPED_RULES).live().text)) };
  }

  /** The first diagnosis of the runbook, asked while the first message waits. */
  protected override async enrich(notification: Notification): Promise<Enrichment | undefined> {
    return diagnosed(notification, queryPort(this.env));
  }

  /** The rules that hold. */
  async liveRules(): Promise<RulesRevision> {
    return this.#store().live();
  }

  /** Makes a rules file live; one that is not valid changes nothing. */
  async pushRules(text: string, by: string): Promise<RulesAnswer> {
    if (text.length > MAX_RULES_CHARACTERS) {
      return { ok: false, error: `the file has ${text.length} characters; ${MAX_RULES_CHARACTERS} are taken` };
    }
    const read = readRules(text);
    if ("error" in read) return { ok: false, error: read.error };
    const live = this.#store().push(text, by, readSettings(this.env).clock.now());
    await this.reconfigure();
    return { ok: true, live };
  }

  /** Makes the revision before the live one live again, or the given one; 0 is what was deployed. */
  async rollbackRules(to?: number): Promise<RulesAnswer> {
    const live = this.#store().rollback(to);
    if (!live) {
      const error = to === undefined ? "the deployed rules hold: there is nothing to take back" : `there is no revision ${to}`;
      return { ok: false, error };
    }
    await this.reconfigure();
    return { ok: true, live };
  }

  #store(): RulesStore {
    this.#rules ??= new RulesStore(this.ctx.storage.sql, SHIPPED_RULES);
    return this.#rules;
  }
}
