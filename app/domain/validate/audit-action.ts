/** What is kept of what people do, beside their decisions about bundles and models, which have logs of their own. */
export type AuditAction =
  | "settings"
  | "pause-all"
  | "autopilot-on"
  | "autopilot-off"
  | "switch-off"
  | "switch-on"
  | "allow-stand-ins"
  | "refuse-stand-ins"
  | "run-start"
  | "run-stop"
  | "retry"
  | "orders-import"
  | "results-export"
  | "customer-data"
  | "view-save"
  | "view-delete"
  | "plan";
