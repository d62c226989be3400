import { saveAuditEntry, deleteView, saveView } from "#app/data/shops/staff.server.ts";
import { z } from "zod";
import type { Asked, Deps } from "#app/services/deps.server.ts";

export const ViewCommand = z.discriminatedUnion("intent", [
  z.object({
    intent: z.literal("view-save"),
    name: z.string().trim().min(1).max(40),
    /** URL-encoded: a Japanese letter takes nine bytes. */
    query: z.string().max(2_000),
  }),
  z.object({ intent: z.literal("view-delete"), id: z.uuid() }),
]);

/** Saves or deletes a view of the list for the shop's staff. */
export async function changeViews(
  deps: Pick<Deps, "db">,
  {
    shop,
    staffId,
    command,
    now,
    words: { t },
  }: Asked & { staffId: string; command: z.infer<typeof ViewCommand> },
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const isDone =
    command.intent === "view-save"
      ? await saveView(deps.db, { shop, name: command.name, query: command.query })
      : await deleteView(deps.db, { shop, id: command.id });
  if (!isDone) {
    return {
      ok: false,
      message: t(command.intent === "view-save" ? "server:view.full" : "server:view.gone"),
    };
  }
  await saveAuditEntry(deps.db, { shop, staffId, action: command.intent, at: now });
  return {
    ok: true,
    message: t(command.intent === "view-save" ? "server:view.saved" : "server:view.deleted"),
  };
}
