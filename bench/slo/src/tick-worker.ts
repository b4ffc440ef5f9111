import type { Slo } from "../../../packages/slo/src/index.ts";
import { answerText, bigCatalogue } from "./inputs.ts";
import { createTicks } from "./ticks.ts";

const START = 29_000_040;

/** Ticks in workerd. `/prepare` makes the answers of the query beforehand, so that `/run` is a tick's own work and nothing else. */
let slos: readonly Slo[] = [];
let answers: string[] = [];
let ticks = createTicks(slos);
let minute = START;

export default {
  fetch(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name: string): number => Number(searchParams.get(name));
    switch (pathname) {
      case "/catalogue":
        slos = bigCatalogue(number("slos"));
        ticks = createTicks(slos);
        minute = START;
        return new Response("ok");
      case "/prepare":
        answers = Array.from({ length: number("ticks") }, (_, at) => {
          const newest = minute + at;
          return answerText(slos, newest === START ? newest : newest - 2, newest);
        });
        return new Response("ok");
      case "/run":
        for (const answer of answers) ticks.tick(minute++, answer);
        answers = [];
        return new Response("ok");
      default:
        return new Response("ok");
    }
  },
};
