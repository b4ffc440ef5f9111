import { monitor } from "@monotask/monitoring";
import { app } from "../src/app.js";

export default monitor(app, { workerName: "bench" });
