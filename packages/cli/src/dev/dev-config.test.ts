import { expect, it } from "vitest";
import { devConfig } from "./dev-config.ts";

it("monotask dev hands points to the sink and leaves out what only runs on an account", () => {
  const config = {
    name: "api",
    main: "src/index.ts",
    logpush: true,
    tail_consumers: [{ service: "monotask-evaluator" }],
    analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask" }],
    services: [{ binding: "WEB", service: "web" }],
    durable_objects: {
      bindings: [
        { name: "COUNTER", class_name: "Counter" },
        { name: "ALERT_MANAGER", class_name: "AlertManager", script_name: "monotask-evaluator" },
      ],
    },
    vars: { A: "b", METRICS_SAMPLING_RATE: "0.1" },
  };
  expect(devConfig(config)).toEqual({
    name: "api",
    main: "src/index.ts",
    services: [
      { binding: "WEB", service: "web" },
      { binding: "ANALYTICS", service: "monotask-dev-sink", entrypoint: "Sink", props: { dataset: "monotask" } },
    ],
    durable_objects: { bindings: [{ name: "COUNTER", class_name: "Counter" }] },
    vars: { A: "b", METRICS_SAMPLING_RATE: "1" },
  });
});
