import { ANSWER_MS } from "@monotask/alerts";
import { answeringInTime } from "@monotask/telemetry";

/** AlertManager as the keeper of the rules that hold; each call fails where it has no answer after 5 s. */
export function rulesOf(env: Env) {
  return answeringInTime("AlertManager", env.ALERT_MANAGER.getByName("default"), () => ANSWER_MS);
}
