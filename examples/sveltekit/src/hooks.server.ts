import { nameRoute, requestMonitor } from "@monotask/monitoring";

/** The part of SvelteKit's `Handle` that is used; in an app write `import type { Handle } from "@sveltejs/kit"`. */
interface HandleInput<Event extends HookEvent> {
  readonly event: Event;
  readonly resolve: (event: Event) => Response | Promise<Response>;
}

interface HookEvent {
  readonly request: Request;
  readonly route: { readonly id: string | null };
  readonly platform?: { readonly env: object; readonly ctx: ExecutionContext } | undefined;
}

const monitored = requestMonitor({ workerName: "sveltekit-example" });

export async function handle<Event extends HookEvent>({ event, resolve }: HandleInput<Event>): Promise<Response> {
  const { request, route, platform } = event;
  return monitored(request, platform?.env, platform?.ctx, async () => {
    if (route.id !== null) nameRoute(request, route.id);
    return resolve(event);
  });
}
