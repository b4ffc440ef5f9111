import type { Io } from "../io.ts";

/** Texts of the project that are part of the evaluator: name in the bundle → file. */
const PROJECT_TEXTS = { "slos.yaml": "config/slos.yaml", "alerts.yaml": "config/alerts.yaml" } as const;

/** Those that are there, by their name in the bundle. */
export async function projectTexts(io: Io): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, file] of Object.entries(PROJECT_TEXTS)) {
    const text = await io.readFile(file).catch(() => undefined);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}
