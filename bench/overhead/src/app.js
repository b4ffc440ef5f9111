/* global URL, Response, fetch */
// The application that every variant wraps: the same handler, told by its path what to do.
export const app = {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/noop") return new Response("ok");
    if (pathname === "/error") throw new Error("Database connection failed");
    for (const key of ["a", "b", "c"]) await env.CACHE.get(key);
    for (const id of [1, 2]) await env.DB.prepare("SELECT * FROM tasks WHERE id = ?").bind(id).all();
    const answer = await fetch("http://upstream.bench/things");
    return new Response(await answer.text());
  },
};

/** A handler without the URL, for a floor that does nothing else. */
export const noop = { fetch: () => new Response("ok") };
