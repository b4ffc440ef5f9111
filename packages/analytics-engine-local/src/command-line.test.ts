import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";

test("no flag means the documented defaults", () => {
  expect(readCommandLine([])).toEqual({
    kind: "run",
    flags: { port: 8790, host: "127.0.0.1", data: ".analytics-engine", memory: false, json: false },
  });
});

test("every flag is taken", () => {
  const args = "--port 0 --host ::1 --memory --token t --account a --sample-above 5 --seed 7 --json".split(" ");
  expect(readCommandLine([...args, "--clock", '{"realMs":1,"virtualMs":2,"rate":3}'])).toEqual({
    kind: "run",
    flags: {
      port: 0,
      host: "::1",
      data: ".analytics-engine",
      memory: true,
      token: "t",
      account: "a",
      sampleAbove: 5,
      seed: 7,
      json: true,
      clock: { realMs: 1, virtualMs: 2, rate: 3 },
    },
  });
  expect(readCommandLine(["--data=x"])).toMatchObject({ flags: { data: "x", memory: false } });
});

test("--help and --version start nothing", () => {
  expect(readCommandLine(["--help", "--port", "x"])).toMatchObject({
    kind: "help",
    text: expect.stringContaining("--sample-above N") as string,
  });
  expect(readCommandLine(["--version"])).toEqual({ kind: "version" });
});

test.each([
  [["--port", "x"], "--port x: give a whole number from 0 to 65535"],
  [["--port", "65536"], "0 to 65535"],
  [["--memory", "--data", "x"], "exclude each other"],
  [["--clock", "{}"], '"realMs"'],
  [["--clock", "now"], "not JSON"],
  [["--sample-above", "0"], "--sample-above 0: give a whole number from 1"],
  [["--seed", "-1"], "--seed"],
  [["--token"], "--token"],
  [["--bogus"], "--bogus"],
  [["extra"], "extra"],
])("%j is refused in one line that names the flag", (args, names) => {
  const read = readCommandLine(args);
  expect(read).toMatchObject({ kind: "wrong", complaint: expect.stringContaining(names) as string });
  expect(read).not.toMatchObject({ complaint: expect.stringContaining("\n") as string });
});
