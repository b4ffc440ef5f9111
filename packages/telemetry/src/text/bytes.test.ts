import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteLength, truncateBytes } from "./bytes.ts";

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), unpairedSurrogates());

/** Texts of single UTF-16 units, so that surrogates stand alone as often as in pairs. */
function unpairedSurrogates(): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.integer({ min: 0xd800, max: 0xdfff }), fc.integer({ min: 0, max: 0xffff })))
    .map((units) => String.fromCharCode(...units));
}

describe("truncateBytes", () => {
  test("never gives more bytes than asked for", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: -3, max: 80 }), (text, maxBytes) => {
        expect(byteLength(truncateBytes(text, maxBytes))).toBeLessThanOrEqual(Math.max(0, maxBytes));
      }),
    );
  });

  test("gives a beginning of the text", () => {
    fc.assert(
      fc.property(anyText, fc.nat(80), (text, maxBytes) => {
        expect(text.toWellFormed().startsWith(truncateBytes(text, maxBytes).toWellFormed())).toBe(true);
      }),
    );
  });

  test("leaves a text that fits as it is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(truncateBytes(text, byteLength(text))).toBe(text);
      }),
    );
  });

  test("cutting twice is cutting once to the smaller size", () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), fc.nat(60), (text, a, b) => {
        expect(truncateBytes(truncateBytes(text, a), b).toWellFormed()).toBe(truncateBytes(text, Math.min(a, b)).toWellFormed());
      }),
    );
  });

  test("leaves out less than one code point", () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), (text, maxBytes) => {
        const cut = truncateBytes(text, maxBytes);
        const next = [...text.toWellFormed()][[...cut.toWellFormed()].length];
        expect(next === undefined || byteLength(cut) + byteLength(next) > maxBytes).toBe(true);
      }),
    );
  });

  test("cuts between code points, not through them", () => {
    expect(truncateBytes("aé", 2)).toBe("a");
    expect(truncateBytes("a€b", 3)).toBe("a");
    expect(truncateBytes("a😀b", 4)).toBe("a");
    expect(truncateBytes("a😀b", 5)).toBe("a😀");
  });

  test("keeps a byte order mark, which is part of the text", () => {
    expect(truncateBytes("\uFEFFab", 4)).toBe("\uFEFFa");
  });
});
