import type { SandboxDriver } from "../src/index.ts";

/** A platform in memory: what runs, and how it misbehaves. */
export interface Platform {
  readonly driver: SandboxDriver<{ readonly id: string }>;
  readonly running: Set<string>;
  /** Most that ran at once. */
  most(): number;
  /** Makes the next calls of destroy do this instead. */
  destroysLike(how: "well" | "hang" | "fail"): void;
  startsLike(how: "well" | "hang" | "fail"): void;
  destroyed: string[];
}

export function platform(): Platform {
  const running = new Set<string>();
  const destroyed: string[] = [];
  let most = 0;
  let destroys: "well" | "hang" | "fail" = "well";
  let starts: "well" | "hang" | "fail" = "well";
  const never = (): Promise<never> => new Promise(() => undefined);
  return {
    running,
    destroyed,
    most: () => most,
    destroysLike: (how) => (destroys = how),
    startsLike: (how) => (starts = how),
    driver: {
      async provision(id) {
        if (starts === "fail") throw new Error("no capacity in this region");
        running.add(id);
        most = Math.max(most, running.size);
        if (starts === "hang") await never();
        return { id };
      },
      async destroy(id) {
        if (destroys === "hang") await never();
        if (destroys === "fail") throw new Error("internal error");
        destroyed.push(id);
        running.delete(id);
      },
      list: async () => [...running],
    },
  };
}
