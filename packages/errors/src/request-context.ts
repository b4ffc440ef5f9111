import { isSecretName, MASK, propertyOf, routePattern, scrubText } from "@monotask/telemetry";

/** The request in which an error was thrown, scrubbed. */
export interface RequestContext {
  readonly method: string;
  /** Route pattern, such as /api/tasks/:id. */
  readonly route: string;
  /** Origin and path: the query may hold anything. */
  readonly url: string;
  /** Cloudflare's id of the request. */
  readonly ray?: string | undefined;
  /** Cloudflare location that served it. */
  readonly colo?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_HEADERS = 30;
const MAX_URL_LENGTH = 512;
/** Where the caller sits: personal data that helps no diagnosis. */
const CALLERS_ADDRESS = /\bip\b|forwarded|geo|latitude|longitude|postal/i;

/** Reads a request. Undefined where there is none or where it cannot be read. */
export function requestContextOf(request: Request | undefined, route: string | undefined): RequestContext | undefined {
  if (request === undefined) return undefined;
  try {
    const headers: [string, string][] = [];
    // Not by its iterator, which makes a pair and a step of each.
    request.headers.forEach((value, name) => {
      if (headers.length >= MAX_HEADERS || CALLERS_ADDRESS.test(name)) return;
      headers.push([scrubText(name), isSecretName(name) ? MASK : scrubText(value, 200)]);
    });
    const ray = request.headers.get("cf-ray");
    const colo = propertyOf(propertyOf(request, "cf"), "colo");
    return {
      method: request.method,
      route: scrubText(route ?? routePattern(new URL(request.url).pathname)),
      // A request's URL is whole and has no credentials: it need not be read once more.
      url: scrubText(/^[^?#]*/.exec(request.url)?.[0] ?? "", MAX_URL_LENGTH),
      ray: ray === null ? undefined : scrubText(ray),
      colo: typeof colo === "string" ? colo : undefined,
      headers: Object.fromEntries(headers),
    };
  } catch {
    return undefined;
  }
}
