import { endOrderImport, findOrderImport } from "#app/data/orders/order-imports.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { writeRefusal, writeRejected, type ImportReport } from "./import-order-log.server.ts";
import type { FileRefusal } from "#app/services/files/file-refused.ts";
import type { Words } from "#app/locales/words.server.ts";

export type ImportView =
  | { readonly state: "none" }
  | { readonly state: "at_work"; readonly percent: number }
  | { readonly state: "failed"; readonly problem: string }
  | { readonly state: "done"; readonly answer: ImportReport<string> };

/** Progress or result of the shop's last order file, in the reader's language. */
export async function followOrderImport(
  { pool }: Pick<Deps, "pool">,
  { shop, words }: { shop: string; words: Words },
): Promise<ImportView> {
  const row = await findOrderImport(pool, shop);
  switch (row?.state) {
    case undefined:
      return { state: "none" };
    case "done": {
      const report = row.report as ImportReport;
      return { state: "done", answer: { ...report, rejected: writeRejected(report, words) } };
    }
    case "failed":
      if (row.report) return { state: "failed", problem: writeRefusal(row.report as FileRefusal, words) };
      return { state: "failed", problem: row.problem ?? words.t("server:import.interrupted") };
    case "cancelled":
      return { state: "failed", problem: words.t("server:import.cancelled") };
    case "receiving":
    case "waiting":
    case "reading":
      return { state: "at_work", percent: Math.floor((100 * row.partsRead) / Math.max(1, row.parts)) };
  }
}

/** Ends the shop's import at work and deletes its file; the shop's orders stay as they are. */
export async function cancelOrderImport(
  { pool }: Pick<Deps, "pool">,
  { shop }: { shop: string },
): Promise<boolean> {
  return endOrderImport(pool, { shop, state: "cancelled" });
}
