/** Names that the READMEs' examples leave to their reader, by package, as statements before the example. */
export const GIVEN: Readonly<Record<string, string>> = {
  "@monotask/performance": `const requestId = "r1";
    const response = new Response("ok");
    const db = { query: (sql: string) => Promise.resolve(sql) };
    const fetch = (url: string) => Promise.resolve(new Response(url));`,
};
