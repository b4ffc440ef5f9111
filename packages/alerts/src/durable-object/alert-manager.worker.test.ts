// One file for what needs AlertManager in its runtime: each worker test file starts one of its own.
import "./alert-manager.spec.ts";
import "./deliveries.spec.ts";
// Last: the alerts of its workers, all in one manager, end by themselves while whatever follows would run.
import "./once.spec.ts";
