/* global URL, Response */
import { monitor } from "@monotask/monitoring";

export default monitor(
  {
    async fetch(request, env) {
      const name = new URL(request.url).pathname.split("/").at(-1);
      const task = await env.TASKS.get(name);
      return new Response(task ?? "no such task", { status: task === null ? 404 : 200 });
    },
  },
  { workerName: "plain-example", route: () => "/api/tasks/:name" },
);
