import { describe, expect, it } from "vitest";
import { countBy, deliveredTo, isSameCount, textOfCounts } from "./told.ts";

const line = { id: "g/1", channel: "slack", groupKey: "g", kind: "firing", reason: "first", status: "delivered" };

describe("what channels were told of an outage", () => {
  it("counts deliveries of its group that ended well, by channel", () => {
    const notifications = [
      line,
      { ...line, channel: "email" },
      { ...line, channel: "pagerduty", status: "pending" },
      { ...line, groupKey: "other" },
      { ...line, kind: "resolved" },
    ];
    expect(deliveredTo(notifications, "g", { kind: "firing" })).toEqual({ slack: 1, email: 1 });
  });

  it("can be asked for one reason", () => {
    const notifications = [line, { ...line, id: "g/2", reason: "repeat" }];
    expect(deliveredTo(notifications, "g", { kind: "firing", reason: "first" })).toEqual({ slack: 1 });
  });

  it("counts how often each channel stands in a list", () => {
    expect(countBy(["slack", "email", "slack"])).toEqual({ slack: 2, email: 1 });
  });

  it("is the same count in whatever order", () => {
    expect(isSameCount({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(isSameCount({ a: 1 }, { a: 1, b: 1 })).toBe(false);
  });

  it("reads as words, also when nobody was told", () => {
    expect([textOfCounts({ slack: 2, email: 1 }), textOfCounts({})]).toEqual(["email 1×, slack 2×", "nobody"]);
  });
});
