import { describe, expect, it } from "vitest";
import { afterAnOutage } from "../../test/scenarios/channels.ts";
import { growing } from "../../test/scenarios/growing.ts";
import { heldBack } from "../../test/scenarios/held.ts";
import { byPeople } from "../../test/scenarios/people.ts";
import { timeline } from "../../test/timeline.ts";

const scenarios = { ...heldBack, ...byPeople, ...growing, ...afterAnOutage };

describe.each([
  ["scenarios", false],
  ["the same scenarios with a restart before every step", true],
])("%s", (_, restarts) => {
  it.each(Object.entries(scenarios))("%s", (__, { settings, peer, at, untilS, on = ["slack"], want }) => {
    const t = timeline(settings, peer, restarts);
    for (const [seconds, ...events] of at) t.at(seconds, ...events);
    t.at(untilS);
    expect(t.details(...on)).toEqual(want);
  });
});
