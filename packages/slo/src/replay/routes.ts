import { routePattern } from "@monotask/telemetry";
import { latin1Text } from "./line-shape.ts";
import { isPlain, Texts, TOO_MANY } from "./texts.ts";

/** Addresses that are kept with their routes: those with ids in them never end. */
const MOST_ADDRESSES = 10_000;

/** The routes of addresses as the telemetry writes them; all are one where no SLO asks for routes, which are the dearest part of a line. */
export class Routes {
  readonly #isAsked: boolean;
  readonly #routes: Texts;
  readonly #addresses = new Texts(MOST_ADDRESSES);
  /** Route of each address. */
  readonly #routeOf: number[] = [];
  readonly #encoder = new TextEncoder();

  /** @param most routes that can be told apart */
  constructor(isAsked: boolean, most: number) {
    this.#isAsked = isAsked;
    this.#routes = new Texts(most);
  }

  of(url: string): string {
    if (!this.#isAsked) return "";
    return URL.canParse(url) ? routePattern(new URL(url).pathname) : "(unknown)";
  }

  at(number: number): string {
    return this.#routes.at(number);
  }

  /** The number of an address's route; below 0 where the line must be read in whole. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isAsked) return this.#routes.numberOf(bytes, 0, 0);
    const address = this.#addresses.numberOf(bytes, start, end);
    const known = address === TOO_MANY ? undefined : this.#routeOf[address];
    if (known !== undefined) return known;
    if (address === TOO_MANY && !isPlain(bytes, start, end)) return TOO_MANY;
    const route = this.#encoder.encode(this.of(latin1Text(bytes, start, end)));
    const number = this.#routes.numberOf(route, 0, route.length);
    if (address !== TOO_MANY && number !== TOO_MANY) this.#routeOf[address] = number;
    return number;
  }
}
