export default {
  fetch: (): Response => new Response("monitoring-test"),
};
