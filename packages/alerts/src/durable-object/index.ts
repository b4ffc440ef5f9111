export { AlertManager } from "./alert-manager.ts";
