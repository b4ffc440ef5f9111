export { SandboxRegistry } from "./sandbox-registry.ts";
