import { describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";

/** Every command that does something, by walking what `--help` lists from the top. */
const COMMANDS = await leavesOf([]);

async function leavesOf(path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { out } = await runCli([...path, "--help"]);
  const listed = /^Commands:\n([\s\S]*?)(?:\n\n|(?![\s\S]))/m.exec(out)?.[1] ?? "";
  const names = [...listed.matchAll(/^ {2}([a-z][a-z0-9-]*)/gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );
  if (names.length === 0) return [path];
  return (await Promise.all(names.map((name) => leavesOf([...path, name])))).flat();
}

describe("every command", () => {
  it("is found by walking the help", () => {
    expect(COMMANDS.map((path) => path.join(" "))).toEqual(
      expect.arrayContaining(["init", "dev", "deploy", "doctor", "runbook run", "slo status", "alerts ack", "queue dlq list"]),
    );
  });

  it.each(COMMANDS.map((path) => [path.join(" "), path] as const))(
    "%s --help has an example and the exit codes",
    async (name, path) => {
      const { code, out } = await runCli([...path, "--help"]);
      expect(code).toBe(0);
      const [, example] = out.split(/^Examples?:/m);
      expect(example, "an example that calls the command itself").toContain(`monotask ${name}`);
      expect(out).toMatch(/^Exit codes: 0 .+, 1 .+, 2 .+/m);
    },
  );

  it.each(COMMANDS.map((path) => [path.join(" "), path] as const))(
    "%s answers words that are off in one line",
    async (name, path) => {
      const { code, err } = await runCli([...path, "--no-such-option"]);
      expect(code).toBe(2);
      expect(err).toMatch(/^monotask: [^\n]+$/);
      expect(err).toContain(`see: monotask ${name} --help`);
    },
  );
});
