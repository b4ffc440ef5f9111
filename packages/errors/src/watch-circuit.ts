import { ambientKeepAlive, createLogger, createWriter, datasetOf, propertyOf, readSettings } from "@monotask/telemetry";

/** The part of cockatiel's circuit breaker that is read; any breaker with these states will do. */
export interface WatchedCircuit {
  onStateChange(listener: (state: number) => void): unknown;
}

/** States of a circuit by cockatiel's numbers. */
const STATES = ["closed", "open", "half-open", "isolated"];

/**
 * Makes each change of a circuit breaker a data point (`custom`, name `circuit_state`, value 0 closed, 1 open, 2 half-open, 3 isolated)
 * and a log line. Call it once, where the breaker is made. Never throws.
 * @param env the worker's bindings and vars; used: ANALYTICS and the settings
 * @param breaker name of the circuit, such as `github`
 */
export function watchCircuit(circuit: WatchedCircuit, env: object, workerName: string, breaker: string): void {
  const { version, environment, team, logLevel, clock } = readSettings(env);
  const logger = createLogger({ workerName, level: logLevel, clock });
  circuit.onStateChange((value) => {
    const state = STATES[value] ?? String(value);
    // A writer for each change: a breaker outlives invocations, and each of them may write 250 points.
    const writer = createWriter({
      dataset: datasetOf(propertyOf(env, "ANALYTICS")),
      identity: { workerName, version, environment, team },
      keepAlive: ambientKeepAlive(),
    });
    const dimensions = { dimension1: `breaker=${breaker}`, dimension2: `state=${state}` };
    writer.write("custom", { name: "circuit_state", unit: "state", value, ...dimensions });
    logger[state === "closed" ? "info" : "warn"](`circuit ${breaker} is ${state}`, { breaker, state });
  });
}
