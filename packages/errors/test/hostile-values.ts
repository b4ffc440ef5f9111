import { runInNewContext } from "node:vm";

/** Name, and how the value is made: each use gets its own. */
export type HostileValue = readonly [name: string, make: () => unknown];

const MEGABYTE = 1_048_576;

/** One piece of memory, as a text that came from a request is; `repeat` makes a tree of pieces that its first reader pays for. */
function long(character: string, length: number): string {
  return new TextDecoder().decode(new Uint8Array(length).fill(character.charCodeAt(0)));
}

function refuse(): never {
  throw new Error("refused");
}

/** A proxy all of whose traps throw. */
function refusing(target: object): object {
  const names = Object.getOwnPropertyNames(Reflect).filter((name) => typeof Reflect.get(Reflect, name) === "function");
  return new Proxy(target, Object.fromEntries(names.map((name) => [name, refuse])));
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function withGetter(target: object, name: string, get: () => unknown): object {
  return Object.defineProperty(target, name, { get, configurable: true, enumerable: true });
}

function causeChain(depth: number): Error {
  let error = new Error("the root");
  for (let at = 0; at < depth; at += 1) error = new Error(`level ${at}`, { cause: error });
  return error;
}

function cyclic(): object {
  const error: Error & { self?: unknown } = new Error("around");
  error.cause = error;
  error.self = { error };
  return error;
}

/** An object each of whose hundred fields is one more such object. */
function endless(): object {
  const names = Array.from({ length: 100 }, (_, at) => `field${at}`);
  return new Proxy(
    {},
    {
      get: (_, name) => (typeof name === "string" && name.startsWith("field") ? endless() : undefined),
      ownKeys: () => names,
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    },
  );
}

function nested(depth: number): object {
  let value: object = {};
  for (let at = 0; at < depth; at += 1) value = { inside: value };
  return value;
}

/** What can be thrown and has broken a tracker somewhere. */
export const hostileValues: readonly HostileValue[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["true", () => true],
  ["0", () => 0],
  ["NaN", () => Number.NaN],
  ["a bigint", () => 10n ** 400n],
  ["a symbol", () => Symbol("why")],
  ["a symbol without description", () => Symbol()],
  ["an empty text", () => ""],
  ["a text", () => "Database connection failed"],
  ["a text of 50 MB", () => long("x", 50 * MEGABYTE)],
  ["a text of lone surrogates", () => "\ud800".repeat(5_000)],
  ["a text of NULs", () => "\0".repeat(5_000)],
  ["a text of quotes and backslashes", () => '"\\'.repeat(5_000)],
  ["a boxed text", () => new String("boxed")],
  ["a function", () => refuse],
  ["a class", () => class Broken {}],
  ["a function whose name throws", () => withGetter(() => 1, "name", refuse)],
  ["an empty object", () => ({})],
  ["an object without prototype", () => Object.assign(Object.create(null), { message: "bare" }) as unknown],
  ["an object with fields only", () => ({ code: 7, why: "not allowed" })],
  ["an object that contains itself", () => Object.assign([], { 0: nested(3) })],
  ["an object of 10,000 fields", () => Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]))],
  ["an object nested 10,000 deep", () => nested(10_000)],
  ["an object without end", endless],
  ["an object that cannot become text", () => ({ toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse })],
  ["an object whose toJSON throws", () => ({ toJSON: refuse })],
  ["an object whose toJSON gives itself", () => ({ toJSON: () => endless() })],
  ["an array of a million numbers", () => new Array<number>(1_000_000).fill(7)],
  ["a sparse array", () => new Array<number>(4_000_000_000)],
  ["a typed array of 50 MB", () => new Uint8Array(50 * MEGABYTE)],
  ["a map of 100,000", () => new Map(Array.from({ length: 100_000 }, (_, at) => [at, at]))],
  ["a set of 100,000", () => new Set(Array.from({ length: 100_000 }, (_, at) => at))],
  ["a promise", () => Promise.resolve(1)],
  ["a weak map", () => new WeakMap()],
  ["a date that is none", () => new Date(Number.NaN)],
  ["a regular expression", () => /x/],
  ["a generator", () => (function* () {})()],
  ["a proxy that refuses everything", () => refusing({})],
  ["a proxy of an error that refuses everything", () => refusing(new Error("inside"))],
  ["a proxy of a function that refuses everything", () => refusing(() => 1)],
  ["a revoked proxy", () => revoked({})],
  ["a revoked proxy of a function", () => revoked(() => 1)],
  ["a revoked proxy of an array", () => revoked([])],
  ["a proxy that answers to every name", () => new Proxy({}, { get: () => endless() })],
  ["a Response", () => new Response("body", { status: 503 })],
  ["a Response whose body is used", () => new Response(null, { status: 404 })],
  ["a Request", () => new Request("https://api.test/x?token=abc")],
  ["an Event", () => new Event("error")],
  ["a DOMException", () => new DOMException("The operation timed out", "TimeoutError")],
  ["an AbortSignal's reason", () => AbortSignal.abort().reason as unknown],
  ["an Error", () => new Error("plain")],
  ["an Error without message", () => new Error()],
  ["an Error with a message of 50 MB", () => new Error(long("m", 50 * MEGABYTE))],
  ["an Error with a message of 2 MB in many lines", () => new Error("line\n".repeat(400_000))],
  ["an Error whose message looks like frames", () => new Error("\n    at evil (x.js:1:1)".repeat(20_000))],
  ["an Error whose message is an object", () => Object.assign(new Error("x"), { message: { deep: true } })],
  ["an Error whose message is a number", () => Object.assign(new Error("x"), { message: 7 })],
  ["an Error whose name is a symbol", () => Object.assign(new Error("x"), { name: Symbol("n") })],
  ["an Error whose name is 1 MB", () => Object.assign(new Error("x"), { name: long("N", MEGABYTE) })],
  ["an Error whose code is 1 MB", () => Object.assign(new Error("x"), { code: long("C", MEGABYTE) })],
  ["an Error whose code is an object", () => Object.assign(new Error("x"), { code: {} })],
  ["an Error without stack", () => Object.assign(new Error("x"), { stack: undefined })],
  ["an Error whose stack is a number", () => Object.assign(new Error("x"), { stack: 7 })],
  ["an Error whose stack is 10 MB", () => Object.assign(new Error("x"), { stack: long("s", 10 * MEGABYTE) })],
  ["an Error whose message throws", () => withGetter(new Error("x"), "message", refuse)],
  ["an Error whose name throws", () => withGetter(new Error("x"), "name", refuse)],
  ["an Error whose stack throws", () => withGetter(new Error("x"), "stack", refuse)],
  ["an Error whose cause throws", () => withGetter(new Error("x"), "cause", refuse)],
  ["an Error whose code throws", () => withGetter(new Error("x"), "code", refuse)],
  ["an Error whose status throws", () => withGetter(new Error("x"), "status", refuse)],
  ["an Error whose constructor throws", () => withGetter(new Error("x"), "constructor", refuse)],
  ["an Error whose message changes", () => withGetter(new Error("x"), "message", () => Math.random().toString())],
  ["an Error that throws itself again", () => withGetter(new Error("x"), "cause", () => refuse())],
  ["a frozen Error", () => Object.freeze(new Error("frozen"))],
  ["a sealed Error", () => Object.seal(new TypeError("sealed"))],
  ["an Error without prototype", () => Object.setPrototypeOf(new Error("orphan"), null) as unknown],
  ["an Error of another realm", () => runInNewContext("new TypeError('abroad')") as unknown],
  ["an array of another realm", () => runInNewContext("[1, 2, 3]") as unknown],
  ["an Error that causes itself", cyclic],
  [
    "two Errors that cause each other",
    () => {
      const [one, other] = [new Error("one"), new Error("other")];
      one.cause = other;
      other.cause = one;
      return one;
    },
  ],
  ["a chain of 1,000 causes", () => causeChain(1_000)],
  ["an Error caused by null", () => new Error("x", { cause: null })],
  ["an Error caused by a text", () => new Error("x", { cause: "because" })],
  ["an Error caused by a revoked proxy", () => new Error("x", { cause: revoked({}) })],
  ["an Error whose every cause is new", () => withGetter(new Error("x"), "cause", () => causeChain(3))],
  ["an AggregateError of none", () => new AggregateError([])],
  ["an AggregateError of 5,000", () => new AggregateError(Array.from({ length: 5_000 }, (_, at) => new Error(`member ${at}`)))],
  [
    "an AggregateError of 5,000 texts of 10 KB",
    () => new AggregateError(Array.from({ length: 5_000 }, () => "t".repeat(10_240))),
  ],
  ["an AggregateError of aggregates", () => new AggregateError([new AggregateError([new AggregateError([new Error("deep")])])])],
  [
    "an AggregateError that contains itself",
    () => {
      const aggregate = new AggregateError([new Error("x")]);
      aggregate.errors.push(aggregate);
      return aggregate;
    },
  ],
  ["an AggregateError whose errors are no list", () => Object.assign(new AggregateError([]), { errors: "many" })],
  [
    "an AggregateError that says it has 2^53 members",
    () => Object.assign(new AggregateError([]), { errors: { length: 2 ** 53 } }),
  ],
  ["an AggregateError whose errors refuse", () => Object.assign(new AggregateError([]), { errors: refusing([]) })],
  [
    "an Error with 1,000 own fields",
    () =>
      Object.assign(new Error("x"), Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`f${at}`, "v".repeat(100)]))),
  ],
  ["an Error over RPC", () => Object.assign(new Error("Network connection lost."), { remote: true, retryable: true })],
  [
    "an overloaded Durable Object",
    () => Object.assign(new Error("Durable Object is overloaded."), { overloaded: true, remote: true }),
  ],
  ["a SuppressedError by shape", () => Object.assign(new Error("x"), { error: new Error("a"), suppressed: new Error("b") })],
  ["a thenable", () => ({ then: refuse })],
  ["a status that is none", () => ({ status: 99, statusCode: "500" })],
];
