import { enforceRetention } from "#app/services/enforce-retention.server.ts";
import { resealSecrets } from "#app/services/reseal-secrets.server.ts";
import type { Handler } from "./index.ts";

export const collectRetain: Handler<"collect.retain"> = async (deps) => {
  await resealSecrets(deps);
  await enforceRetention(deps, { now: new Date() });
};
