import { endDeadOrderImports } from "#app/data/orders/order-imports.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** Who has not said for so long that it is at work has died; see `ALIVE_EVERY_MS` of `runOrderImport`. */
const DEAD_AFTER_MS = 15_000;
/** A worker that is busy with another shop comes to it within this. */
const LONGEST_WAIT_MS = 30 * 60_000;

/** Forgets, in every shop, files whose reader has died or never came. */
export async function forgetDeadImports(
  { pool, log }: Pick<Deps, "pool" | "log">,
  { now }: { now: Date },
): Promise<void> {
  const imports = await endDeadOrderImports(pool, {
    deadSince: new Date(now.getTime() - DEAD_AFTER_MS),
    waitingSince: new Date(now.getTime() - LONGEST_WAIT_MS),
  });
  if (imports > 0) log.warn("collect.imports_forgotten", { imports });
}
