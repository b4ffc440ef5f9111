import { join } from "node:path";
import { DEFAULT_PORT_BASE } from "../stack/ports.ts";

export const ROOT = join(import.meta.dirname, "../../../..");

/** Screenshots, and what was measured. */
export const SHOTS = join(ROOT, ".monotask/screenshots");

/** First port of the proofs' own stack, beside one that somebody has started. */
export const PROOF_PORT_BASE = Number(process.env["PROVE_PORT_BASE"] ?? DEFAULT_PORT_BASE + 400);
