import { emptyBoard, NEVER } from "../engine/board.ts";
import type { Board } from "../engine/board.ts";
import { startOfLength } from "../engine/evaluate.ts";
import { layoutOf } from "../engine/layout.ts";
import type { Layout } from "../engine/layout.ts";
import type { Slo, SloAlertId } from "../model/slo.ts";
import type { VersionHistory } from "./versions.ts";

/** Everything that one tick hands to the next, for one list of SLOs. */
export interface EngineMemory {
  /** The newest minute that was decided. */
  readonly minute: number;
  readonly board: Board;
  /** Whether every window of every SLO is on the board; if not, windows are summed anew from the stored slices. */
  readonly isWhole: boolean;
  /** Failures by deployed version over the last hour. */
  readonly versions: readonly VersionHistory[];
}

const FORMAT = 3;

/** A memory of which nothing but the decided minute is known. */
export function forgottenMemory(slos: readonly Slo[], minute: number): EngineMemory {
  return { minute, board: emptyBoard(layoutOf(slos), minute), isWhole: false, versions: [] };
}

/**
 * The memory as text: columns of numbers, which are written and read at a fraction of the cost of an object a window, and lists of places
 * for what is rare, such as estimated counts and alerts that fire. Equal memories give equal texts.
 */
export function packMemory(slos: readonly Slo[], { board, minute, versions }: EngineMemory): string {
  const layout = layoutOf(slos);
  const packed: Packed = {
    format: FORMAT,
    minute,
    list: listText(layout),
    ...windowColumns(layout, board),
    ...sloColumns(board),
    ...alertColumns(layout, board),
    versions,
  };
  return JSON.stringify(packed);
}

// One pass over the windows, one over the SLOs and one over the alerts, into lists that JSON writes as they are. The object is made before
// the loop: what is made after a loop that was optimized while it ran is made by slow code, and the loop is optimized anew on each tick.

function windowColumns(layout: Layout, board: Board): Pick<Packed, "from" | "total" | "bad" | "varTotal" | "varBad" | "missing"> {
  const columns = {
    from: numbers(),
    total: numbers(),
    bad: numbers(),
    varTotal: numbers(),
    varBad: numbers(),
    missing: numbers(),
  };
  const usual = usualFrom(layout, board.minute);
  for (let window = 0; window < usual.length; window += 1) {
    const first = board.from[window] ?? 0;
    const [varTotal, varBad] = [board.varTotal[window] ?? 0, board.varBad[window] ?? 0];
    const missing = board.minute - first + 1 - (board.measured[window] ?? 0);
    columns.total.push(board.total[window] ?? 0);
    columns.bad.push(board.bad[window] ?? 0);
    if (first !== usual[window]) columns.from.push(window, first);
    if (varTotal !== 0) columns.varTotal.push(window, varTotal);
    if (varBad !== 0) columns.varBad.push(window, varBad);
    if (missing !== 0) columns.missing.push(window, missing);
  }
  return columns;
}

function sloColumns(board: Board): Pick<Packed, "firstMinute" | "lastMinute"> {
  const columns = { firstMinute: numbers(), lastMinute: numbers() };
  for (let slo = 0; slo < board.firstMinute.length; slo += 1) {
    const last = board.lastMinute[slo] ?? NEVER;
    columns.firstMinute.push(board.firstMinute[slo] ?? NEVER);
    if (last !== board.minute) columns.lastMinute.push(slo, last);
  }
  return columns;
}

function alertColumns({ alertsFrom }: Layout, board: Board): Pick<Packed, "since" | "otherSince" | "firing"> {
  const columns = { since: numbers(), otherSince: numbers(), firing: numbers() };
  let alert = 0;
  for (let slo = 0; slo + 1 < alertsFrom.length; slo += 1) {
    const first = board.since[alert] ?? NEVER;
    const end = alertsFrom[slo + 1] ?? 0;
    columns.since.push(first);
    for (; alert < end; alert += 1) {
      const own = board.since[alert] ?? NEVER;
      if (own !== first) columns.otherSince.push(alert, own);
      if (board.firing[alert] === 1) columns.firing.push(alert);
    }
  }
  return columns;
}

function numbers(): number[] {
  return [];
}

/**
 * Reads `packMemory`'s text into the places of a list of SLOs, which may have changed since; undefined for another format or a damaged
 * text: the memory is then rebuilt from the stored slices.
 */
export function unpackMemory(slos: readonly Slo[], text: string): EngineMemory | undefined {
  const packed = parsed(text);
  if (packed === undefined) return undefined;
  const layout = layoutOf(slos);
  const { minute } = packed;
  const board = emptyBoard(layout, minute);
  const isWhole =
    packed.list === listText(layout)
      ? fillAsItWas(layout, board, packed)
      : fillByName(layout, board, packed, placesOf(JSON.parse(packed.list) as ListShape));
  return { minute, board, isWhole: isWhole && packed.isStale !== 1, versions: packed.versions };
}

/** Columns of the very list they were written for are taken as they are. */
function fillAsItWas(layout: Layout, board: Board, packed: Packed): true {
  const { minute } = packed;
  board.total.set(packed.total);
  board.bad.set(packed.bad);
  board.firstMinute.set(packed.firstMinute);
  board.lastMinute.fill(minute);
  board.from.set(usualFrom(layout, minute));
  setSparse(board.from, packed.from);
  for (let window = 0; window < board.from.length; window += 1) board.measured[window] = minute - (board.from[window] ?? 0) + 1;
  for (const [window, missing] of pairs(packed.missing)) board.measured[window] = (board.measured[window] ?? 0) - missing;
  setSparse(board.varTotal, packed.varTotal);
  setSparse(board.varBad, packed.varBad);
  setSparse(board.lastMinute, packed.lastMinute);
  let alert = 0;
  for (let slo = 0; slo < packed.since.length; slo += 1)
    for (const end = layout.alertsFrom[slo + 1] ?? 0; alert < end; alert += 1) board.since[alert] = packed.since[slo] ?? NEVER;
  setSparse(board.since, packed.otherSince);
  for (const alert of packed.firing) board.firing[alert] = 1;
  return true;
}

/** After the list has changed: what is still there keeps its sums and alerts. @returns whether no window is new */
function fillByName(layout: Layout, board: Board, packed: Packed, old: ReadonlyMap<string, Places>): boolean {
  const { minute } = packed;
  const usual = usualFrom(layout, minute);
  const [from, varTotal, varBad] = [lookup(packed.from), lookup(packed.varTotal), lookup(packed.varBad)];
  const [missing, lastMinute, otherSinceOf] = [lookup(packed.missing), lookup(packed.lastMinute), lookup(packed.otherSince)];
  const firing = new Set(packed.firing);
  let isWhole = true;
  layout.names.forEach((name, slo) => {
    const was = old.get(name);
    if (was === undefined) {
      isWhole = false;
      return;
    }
    board.firstMinute[slo] = packed.firstMinute[was.index] ?? NEVER;
    board.lastMinute[slo] = lastMinute.get(was.index) ?? minute;
    for (let alert = layout.alertsFrom[slo] ?? 0; alert < (layout.alertsFrom[slo + 1] ?? 0); alert += 1) {
      const at = was.shape.alerts.indexOf(layout.alertIds[alert] ?? "no-data");
      if (at === -1) continue;
      board.firing[alert] = firing.has(was.firstAlert + at) ? 1 : 0;
      board.since[alert] = otherSinceOf.get(was.firstAlert + at) ?? packed.since[was.index] ?? NEVER;
    }
    for (let window = layout.windowsFrom[slo] ?? 0; window < (layout.windowsFrom[slo + 1] ?? 0); window += 1) {
      const group = layout.groupOf[window] ?? 0;
      const at = was.shape.windows.indexOf(windowName(layout, group));
      if (at === -1) {
        isWhole = false;
        continue;
      }
      const place = was.firstWindow + at;
      const first = from.get(place) ?? usual[window] ?? 0;
      board.from[window] = first;
      board.total[window] = packed.total[place] ?? 0;
      board.bad[window] = packed.bad[place] ?? 0;
      board.varTotal[window] = varTotal.get(place) ?? 0;
      board.varBad[window] = varBad.get(place) ?? 0;
      board.measured[window] = minute - first + 1 - (missing.get(place) ?? 0);
    }
  });
  return isWhole;
}

/** The windows and alerts of SLOs that are alike: most are. */
interface Shape {
  readonly windows: readonly (number | string)[];
  readonly alerts: readonly SloAlertId[];
}

/** Places and what stands there, one after the other: `[3, 17, 9, 1]` is 17 at place 3 and 1 at place 9. */
type Sparse = readonly number[];

interface Packed {
  readonly format: typeof FORMAT;
  /** 1 where stored slices were changed since: windows are summed anew. */
  readonly isStale?: 1;
  readonly minute: number;
  /** A `ListShape` as a text of its own: nearly always that of the list it is read for, and then not read at all. */
  readonly list: string;
  readonly from: Sparse;
  readonly total: readonly number[];
  readonly bad: readonly number[];
  readonly varTotal: Sparse;
  readonly varBad: Sparse;
  readonly missing: Sparse;
  readonly firstMinute: readonly number[];
  readonly lastMinute: Sparse;
  /** Of each SLO's first alert; of those that have another, `otherSince`. */
  readonly since: readonly number[];
  readonly otherSince: Sparse;
  /** Places of the alerts that fire. */
  readonly firing: readonly number[];
  readonly versions: readonly VersionHistory[];
}

function parsed(text: string): Packed | undefined {
  try {
    const value = JSON.parse(text) as Packed | null;
    // The boundary: a text of this format was written by `packMemory`.
    return value !== null && value.format === FORMAT ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Which windows and alerts the columns hold, in order. */
interface ListShape {
  readonly names: readonly string[];
  readonly shapes: readonly Shape[];
  /** Shape of each SLO. */
  readonly shapeOf: readonly number[];
}

const LIST_TEXTS = new WeakMap<Layout, string>();
function listText(layout: Layout): string {
  const known = LIST_TEXTS.get(layout);
  if (known !== undefined) return known;
  const text = JSON.stringify(listOf(layout));
  LIST_TEXTS.set(layout, text);
  return text;
}

function listOf(layout: Layout): ListShape {
  const shapes: Shape[] = [];
  const known = new Map<string, number>();
  const shapeOf = layout.names.map((_, slo) => {
    const shape: Shape = {
      windows: Array.from(layout.groupOf.subarray(layout.windowsFrom[slo], layout.windowsFrom[slo + 1]), (group) =>
        windowName(layout, group),
      ),
      alerts: layout.alertIds.slice(layout.alertsFrom[slo], layout.alertsFrom[slo + 1]),
    };
    const key = JSON.stringify(shape);
    const index = known.get(key) ?? shapes.push(shape) - 1;
    known.set(key, index);
    return index;
  });
  return { names: layout.names, shapes, shapeOf };
}

/** A calendar window by its unit and zone: another one cannot go on from its sums. */
function windowName(layout: Layout, group: number): number | string {
  const { key, of } = layout.groups[group] ?? {};
  return of?.kind === "calendar" && key === 0 ? `${of.unit} ${of.timeZone}` : (key ?? 0);
}

interface Places {
  readonly index: number;
  readonly shape: Shape;
  readonly firstWindow: number;
  readonly firstAlert: number;
}

function placesOf({ names, shapes, shapeOf }: ListShape): Map<string, Places> {
  const places = new Map<string, Places>();
  let [firstWindow, firstAlert] = [0, 0];
  names.forEach((name, index) => {
    const shape = shapes[shapeOf[index] ?? 0];
    if (shape === undefined) return;
    places.set(name, { index, shape, firstWindow, firstAlert });
    firstWindow += shape.windows.length;
    firstAlert += shape.alerts.length;
  });
  return places;
}

/** Where each window begins that no coarse cell has moved. */
function usualFrom({ groups, groupOf }: Layout, minute: number): Int32Array {
  const starts = groups.map(({ key, of }) => startOfLength(of, key, minute));
  const usual = new Int32Array(groupOf.length);
  for (let window = 0; window < usual.length; window += 1) usual[window] = starts[groupOf[window] ?? 0] ?? 0;
  return usual;
}

function lookup(entries: Sparse): ReadonlyMap<number, number> {
  return new Map(pairs(entries));
}

function* pairs(entries: Sparse): Generator<readonly [place: number, value: number]> {
  for (let at = 0; at < entries.length; at += 2) yield [entries[at] ?? 0, entries[at + 1] ?? 0];
}

function setSparse(column: Int32Array | Float64Array, entries: Sparse): void {
  for (const [place, value] of pairs(entries)) column[place] = value;
}
