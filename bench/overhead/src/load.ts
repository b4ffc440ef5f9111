// A process of its own: `node load.ts PORT PATH REQUESTS CONNECTIONS` sends requests over keep-alive connections and prints JSON.
import { connect } from "node:net";

const [port = 0, , total = 0, connections = 16] = process.argv.slice(2).map(Number);
const path = process.argv[3] ?? "/noop";
const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: bench\r\ncf-ray: bench-ray\r\n\r\n`);
let [sent, answered] = [0, 0];
const startedMs = performance.now();

/** Sends until all is sent, over a new connection wherever the server ends one: workerd does so after an answer to a throw. */
async function drive(): Promise<void> {
  while (sent < total) await connection();
}

/** One connection: the next request goes out when an answer is whole. */
function connection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    let received = "";
    const next = (): void => {
      if (sent >= total) {
        socket.end();
        return;
      }
      sent += 1;
      socket.write(request);
    };
    socket.on("connect", next);
    // A connection that the server resets leaves its request without an answer, which then counts as none.
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? resolve() : reject(error)));
    socket.on("close", () => resolve());
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      const isLast = /^connection: close/im.test(received);
      received = "";
      answered += 1;
      if (isLast) socket.end();
      else next();
    });
  });
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer.slice(0, headEnd))?.[1];
  return length === undefined ? answer.endsWith("0\r\n\r\n") : answer.length >= headEnd + 4 + Number(length);
}

await Promise.all(Array.from({ length: connections }, drive));
console.log(JSON.stringify({ answered, elapsedMs: performance.now() - startedMs }));
