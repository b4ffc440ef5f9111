import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VersionedMap } from "./versioned-map.ts";

const write = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), value: fc.option(fc.integer(), { nil: undefined }) });

/** Contents by key: the order of keys is that of the newest version. */
function contents(map: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...map].sort());
}

describe("a map with versions", () => {
  it("keeps every version as it was, in whatever order they are read and branched", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.nat(), writes: fc.array(write, { maxLength: 5 }), read: fc.nat() }), { maxLength: 30 }),
        (turns) => {
          const versions: ReadonlyMap<string, number>[] = [new Map([["a", 1]])];
          const copies = [new Map([["a", 1]])];
          for (const { from, writes, read } of turns) {
            const at = from % versions.length;
            const version = VersionedMap.of(versions[at] ?? new Map<string, number>()).branch();
            const copy = new Map(copies[at]);
            for (const { key, value } of writes) {
              if (value === undefined) version.delete(key);
              else version.set(key, value);
              if (value === undefined) copy.delete(key);
              else copy.set(key, value);
            }
            version.seal();
            versions.push(version);
            copies.push(copy);
            const other = read % versions.length;
            expect(contents(versions[other] ?? new Map<string, number>())).toEqual(
              contents(copies[other] ?? new Map<string, number>()),
            );
          }
          versions.forEach((version, index) =>
            expect(contents(version)).toEqual(contents(copies[index] ?? new Map<string, number>())),
          );
        },
      ),
      { seed: 20_261_124, numRuns: 200 },
    );
  });
});
