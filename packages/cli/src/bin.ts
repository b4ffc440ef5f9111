#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { run } from "./program.ts";

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  env: process.env,
  readFile: (path) => readFile(path, "utf8"),
  fetch,
});
