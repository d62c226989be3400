import { enforceRetention } from "#app/services/enforce-retention.server.ts";
import { keepFinishedPeriods } from "#app/services/keep-finished-periods.server.ts";
import { resealSecrets } from "#app/services/reseal-secrets.server.ts";
import type { Handler } from "./index.ts";

export const collectRetain: Handler<"collect.retain"> = async (deps) => {
  const now = new Date();
  await resealSecrets(deps);
  await keepFinishedPeriods(deps, { now });
  await enforceRetention(deps, { now });
};
