#!/usr/bin/env node
/** The oldest Node that has what the command needs, node:sqlite among it; package.json says so too. */
const [MAJOR, MINOR] = [22, 13];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < MAJOR || (major === MAJOR && minor < MINOR)) {
  // Before anything is imported that an older Node cannot load.
  console.error(`monotask: Node ${MAJOR}.${MINOR} or newer is needed, and this is ${process.versions.node}: https://nodejs.org`);
  process.exitCode = 1;
} else {
  const { main } = await import("./main.ts");
  await main();
}
