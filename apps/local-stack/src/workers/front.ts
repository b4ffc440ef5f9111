/** Bindings that lead to the apps, by the port people reach them on: `{"8787": "DEMO"}`. */
type AppBindings = Readonly<Record<string, string>>;

type FrontEnv = Readonly<Record<string, Fetcher | string>> & { readonly APPS: string };

/**
 * The only worker of the local stack with an HTTP port: it hands each request to the app whose port the Host header names. Never deployed.
 */
const front: ExportedHandler<FrontEnv> = {
  fetch(request, env) {
    const apps = JSON.parse(env.APPS) as AppBindings;
    const host = request.headers.get("host") ?? "";
    const app = env[apps[portOf(host)] ?? ""];
    if (typeof app === "object") return app.fetch(request);
    return Response.json({ host, apps }, { status: new URL(request.url).pathname === READY_PATH ? 200 : 404 });
  },
};

export default front;

/** Answered 200 as soon as all workers run, without waking one of them. */
const READY_PATH = "/__front";

function portOf(host: string): string {
  return /:(\d+)$/.exec(host)?.[1] ?? "";
}
