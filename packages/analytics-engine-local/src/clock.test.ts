import { expect, test, vi } from "vitest";
import { parseClock, timeOf } from "./clock.ts";

test("a virtual clock shows its virtual time at its real time and runs at its rate", () => {
  vi.useFakeTimers({ now: 10_000 });
  const now = timeOf({ realMs: 10_000, virtualMs: 1_000_000, rate: 30 });
  expect(now()).toBe(1_000_000);
  vi.setSystemTime(12_000);
  expect(now()).toBe(1_060_000);
  vi.useRealTimers();
});

test("a function is a clock too", () => {
  expect(timeOf(() => 42)()).toBe(42);
});

test("a clock is read from JSON", () => {
  expect(parseClock('{"realMs":1,"virtualMs":2,"rate":0.5}')).toEqual({ realMs: 1, virtualMs: 2, rate: 0.5 });
});

test.each([
  ["{", "not JSON"],
  ["null", '"realMs"'],
  ['{"realMs":1,"virtualMs":2}', '"rate"'],
  ['{"realMs":1,"virtualMs":"2","rate":1}', '"virtualMs"'],
  ['{"realMs":1,"virtualMs":2,"rate":-1}', "backwards"],
])("%s is refused with the field that is wrong", (json, names) => {
  expect(() => parseClock(json)).toThrow(names);
});
