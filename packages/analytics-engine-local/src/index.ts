export { SqlError, type SqlAnswer } from "./answer.ts";
export { parseClock, type Clock, type VirtualClock } from "./clock.ts";
export { StartError } from "./data-folder.ts";
export {
  checkDataPoint,
  createDataset,
  limits,
  type DataPoint,
  type DatasetOptions,
  type LocalDataset,
  type PlainDataPoint,
  type PointCheck,
} from "./dataset.ts";
export type { DataPlace } from "./engine.ts";
export type { TimedDataPoint } from "./ndjson.ts";
export { seededRandom } from "./random.ts";
export {
  defaultPort,
  startAnalyticsEngine,
  type AnalyticsEngineOptions,
  type AnalyticsEngineServer,
  type WriteResult,
} from "./server.ts";
