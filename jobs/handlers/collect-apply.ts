import { applyInboxEvent } from "#app/services/apply-inbox-event.server.ts";
import type { Handler } from "./index.ts";

export const collectApply: Handler<"collect.apply"> = (deps, { shop, webhookId }) =>
  applyInboxEvent(deps, { shop, webhookId, now: new Date() });
