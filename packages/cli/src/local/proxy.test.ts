import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";
import { startProxy, type Proxy } from "./proxy.ts";

const open: (Server | Proxy)[] = [];

afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function serverWith(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  open.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function proxyTo(target: number): Promise<string> {
  const port = await freePort();
  open.push(await startProxy(port, target));
  return `http://127.0.0.1:${port}`;
}

describe("an app's own port", () => {
  it("hands on method, path, body and the Host header as they came", async () => {
    const target = await serverWith((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => response.end(JSON.stringify([request.method, request.url, request.headers.host, body])));
    });
    const url = await proxyTo(target);
    const response = await fetch(`${url}/api/tasks?limit=2`, { method: "POST", body: "hello" });
    expect(await response.json()).toEqual(["POST", "/api/tasks?limit=2", new URL(url).host, "hello"]);
  });

  it("hands back status, headers and body", async () => {
    const target = await serverWith((_request, response) => response.writeHead(418, { "x-tea": "yes" }).end("short"));
    const response = await fetch(await proxyTo(target));
    expect([response.status, response.headers.get("x-tea"), await response.text()]).toEqual([418, "yes", "short"]);
  });

  it("breaks an answer off where the workers did", async () => {
    const target = await serverWith((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half", () => response.destroy());
    });
    const response = await fetch(await proxyTo(target));
    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("answers 502 with the reason while the workers are gone", async () => {
    const response = await fetch(await proxyTo(await freePort()));
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("The workers cannot be reached")]);
  });
});
