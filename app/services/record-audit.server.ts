import { saveAuditEntry, type NewAuditEntry } from "#app/data/audit.server.ts";
import type { Deps } from "#app/deps.server.ts";

/** Keeps who did what in the app, for the shop's own record. */
export async function recordAudit({ db }: Pick<Deps, "db">, entry: NewAuditEntry): Promise<void> {
  await saveAuditEntry(db, entry);
}
