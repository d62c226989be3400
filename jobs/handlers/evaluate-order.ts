import { recordConversions } from "#app/services/record-conversions.server.ts";
import type { Handler } from "./index.ts";

export const evaluateOrder: Handler<"evaluate.order"> = (deps, { shop, orderGid }) =>
  recordConversions(deps, { shop, orderGid });
