import { productionEdges } from "./edges.ts";
import { createHandler } from "./handler.ts";
import { monitored } from "./monitoring.ts";

export { AgentHost } from "./sandbox/agent-host.ts";

export default monitored(createHandler(productionEdges));
