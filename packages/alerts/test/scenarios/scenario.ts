import type { ChannelName, EngineEvent, EngineSettings } from "../../src/index.ts";
import type { Message, Peer } from "../timeline.ts";

/** One story on a fake clock: at these seconds this happens, and these messages come. */
export interface Scenario {
  settings?: Partial<EngineSettings>;
  peer?: Peer;
  /** What happens, by second. */
  at: [seconds: number, ...events: EngineEvent[]][];
  untilS: number;
  /** Channels that are looked at; Slack alone by default. */
  on?: ChannelName[];
  want: Message[];
}

/** Stories by what they show. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** Seconds. */
export const MIN = 60;
export const HOUR = 3_600;
