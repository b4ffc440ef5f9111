import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint, hash64, normaliseMessage } from "./fingerprint.ts";

const firstBuild = `TypeError: Cannot read properties of undefined (reading 'id')
    at TaskStore.load (index.js:1204:17)
    at async handleTask (index.js:88:9)
    at async Object.fetch (index.js:31:12)`;
const secondBuild = `TypeError: Cannot read properties of undefined (reading 'id')
    at TaskStore.load (chunk-9XK2.js:77:3)
    at async handleTask (chunk-9XK2.js:12:44)
    at async Object.fetch (worker.js:5:1)`;

const bug = { name: "TypeError", message: "Cannot read properties of undefined (reading 'id')", stack: firstBuild };

describe("a fingerprint", () => {
  test("is 16 hexadecimal digits", () => {
    expect(fingerprint(bug)).toMatch(/^[0-9a-f]{16}$/);
  });

  test("is the same for one bug in two builds", () => {
    expect(fingerprint({ ...bug, stack: secondBuild })).toBe(fingerprint(bug));
  });

  test("tells two bugs apart that have one message", () => {
    expect(fingerprint({ ...bug, stack: firstBuild.replace("TaskStore.load", "ProjectStore.list") })).not.toBe(fingerprint(bug));
  });

  test("tells two bugs apart by class and by code", () => {
    expect(fingerprint({ ...bug, name: "RangeError" })).not.toBe(fingerprint(bug));
    expect(fingerprint({ ...bug, code: "D1_ERROR" })).not.toBe(fingerprint(bug));
  });

  test.each([
    ["Task 42 not found", "Task 77 not found"],
    ["user usr_8f3kd92 has no plan", "user usr_77aa11b has no plan"],
    ["row 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is locked", "row 6ba7b810-9dad-11d1-80b4-00c04fd430c8 is locked"],
    ['Unexpected token "a" in JSON', 'Unexpected token "zz" in JSON'],
    ["GET https://a.example/x?y=1 failed", "GET https://b.example/z failed"],
    ["commit 9fceb02d0ae598e95dc970b74767f19372d61af8 missing", "commit 1a2b3c4d5e6f missing"],
    ["timeout after 1500 ms", "timeout after 30 ms"],
    ["mail to bo@example.com bounced", "mail to eve.x@mail.test bounced"],
    ["task 01JDK2T9Z8Q4ABCDEF stuck", "task 01JDK2TA00XYZW1234 stuck"],
    ["no 'a' in it", "no 'b' in it"],
    ["at 2026-11-24T03:00:00.000Z", "at 2027-01-02T13:14:15.999Z"],
    ["r2://bucket/a/b missing", "r2://bucket/c missing"],
  ])("is the same for %j and %j", (a, b) => {
    expect(fingerprint({ ...bug, message: a })).toBe(fingerprint({ ...bug, message: b }));
  });

  test("keeps messages apart that differ in words", () => {
    expect(normaliseMessage("Task 42 not found")).not.toBe(normaliseMessage("Task 42 not allowed"));
  });

  test("is the same where a bundler renamed what two modules share", () => {
    const bundled = (suffix: string): string =>
      `Error: x\n    at TaskStore${suffix}.load (index.js:1:1)\n    at handle${suffix} (index.js:2:2)`;
    expect(fingerprint({ ...bug, stack: bundled("2") })).toBe(fingerprint({ ...bug, stack: bundled("") }));
    expect(fingerprint({ ...bug, stack: bundled("17") })).toBe(fingerprint({ ...bug, stack: bundled("") }));
  });

  test("looks at the worker's own functions, not at those of libraries and the runtime", () => {
    const through = (library: string): string =>
      `Error: x\n    at ${library} (/app/node_modules/lib/a.js:1:1)\n    at internals (node:internal/x:1:1)\n    at loadTask (index.js:2:2)`;
    expect(fingerprint({ ...bug, stack: through("compose") })).toBe(fingerprint({ ...bug, stack: through("dispatch") }));
    expect(fingerprint({ ...bug, stack: through("x") })).not.toBe(
      fingerprint({ ...bug, stack: through("x").replace("loadTask", "saveTask") }),
    );
  });

  test("an apostrophe opens no quotation", () => {
    expect(normaliseMessage("can't load the user's task")).not.toBe(normaliseMessage("can't save the user's task"));
  });

  test.each([500, 505, 511])("is the same for two ids that stand %d characters into a message", (at) => {
    const of = (id: string): string => fingerprint({ name: "Error", message: `${"m ".repeat(at / 2)} ${id} is gone` });
    expect(of("3f2504e0-4f89-11d3-9a0c-0305e82c3301")).toBe(of("c0ffee00-1234-4f89-8a0c-a3b5e82c33ff"));
    expect(of('"first value"')).toBe(of('"second"'));
  });

  test("leaves out the minified name of a class, and keeps its method's", () => {
    const at = (name: string): string =>
      fingerprint({ name: "Error", message: "x", stack: `Error: x\n    at ${name} (index.js:1:1)` });
    expect(at("a.loadTask")).toBe(at("qZ.loadTask"));
    expect(at("a.loadTask")).not.toBe(at("a.saveTask"));
  });

  test("leaves out minified names, which change with each build", () => {
    const minified = (name: string): string => `Error: x\n    at ${name} (a.js:1:1)\n    at handleTask (a.js:2:2)`;
    expect(fingerprint({ ...bug, stack: minified("aB") })).toBe(fingerprint({ ...bug, stack: minified("q") }));
  });

  test("sees the frames behind a message of 100,000 characters", () => {
    const message = "m".repeat(100_000);
    const at = (name: string): string =>
      fingerprint({ name: "Error", message, stack: `Error: ${message}\n    at ${name} (a.js:1:1)` });
    expect(at("loadTask")).not.toBe(at("saveTask"));
  });

  test("never throws, whatever message and stack hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (message, stack) => {
        expect(fingerprint({ name: "Error", message, stack })).toHaveLength(16);
      }),
    );
  });
});

describe("hash64", () => {
  test("gives a hundred thousand texts a hundred thousand hashes", () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, i) => hash64(`TypeError\n\nbug ${i}\nhandle${i % 100}`)));
    expect(hashes.size).toBe(100_000);
  });
});
