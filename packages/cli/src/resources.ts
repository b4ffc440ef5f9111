/** What one environment owns. Nothing is shared between environments, so a test in staging cannot page anybody. */
export interface EnvironmentResources {
  readonly environment: string;
  /** Analytics Engine dataset that its workers write to. */
  readonly dataset: string;
  /** Worker that hosts AlertManager, the tail handler and the dead letter consumer. */
  readonly evaluator: string;
  readonly dashboard: string;
  readonly database: string;
  readonly cooldownNamespace: string;
  readonly logBucket: string;
  readonly deadLetterQueue: string;
  readonly logpushJob: string;
}

export const PRODUCTION = "production";

/** Names follow the environment; production's have no ending. */
export function resourcesOf(environment: string): EnvironmentResources {
  const ending = environment === PRODUCTION ? "" : `-${environment}`;
  return {
    environment,
    // A table's name: no hyphens.
    dataset: `monotask${ending}`.replaceAll("-", "_"),
    evaluator: `monotask-evaluator${ending}`,
    dashboard: `monotask-dashboard${ending}`,
    database: `monotask-evaluator${ending}`,
    cooldownNamespace: `monotask-alert-cooldown${ending}`,
    logBucket: `monotask-logs${ending}`,
    deadLetterQueue: `agent-jobs-dlq${ending}`,
    logpushJob: `monotask-logs${ending}`,
  };
}
