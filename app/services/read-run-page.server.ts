import { z } from "zod";
import type { Deps } from "#app/deps.server.ts";
import { findShop } from "#app/data/read-home.server.ts";
import { findRunWithModels } from "#app/data/read-run.server.ts";
import { toRunView } from "./read-home-page.server.ts";
import { NamedRefusal } from "./name-refusals.server.ts";
import { createShopFormat, type ShopFormat } from "./shop-format.server.ts";

/** A report is written step by step; what is not there yet, or was written by another version, is left out. */
const RunReport = z.object({
  orders: z.number().optional().catch(undefined),
  lines: z.number().optional().catch(undefined),
  items: z.number().optional().catch(undefined),
  customers: z.number().optional().catch(undefined),
  dropped: z.record(z.string(), z.number()).optional().catch(undefined),
  forecasts: z.number().optional().catch(undefined),
  drafted: z.number().optional().catch(undefined),
  proposed: z.number().optional().catch(undefined),
  artefactBytes: z.number().optional().catch(undefined),
  refused: z.array(NamedRefusal).optional().catch(undefined),
});
type RunReport = z.infer<typeof RunReport>;

const BehaviourMetrics = z.object({ hr10: z.number(), ndcg10: z.number(), fitMs: z.number() });
const TrendsMetrics = z.object({ wape: z.number() });

/** The methods in a merchant's words, with the name that a specialist looks for. */
const METHOD_NAMES: Readonly<Record<string, string>> = {
  ease: "All products weighed at once (EASE)",
  rp3beta: "Walks from order to order (RP3beta)",
  "basket neighbours": "Similar baskets",
  confidence: "Share of orders that hold both",
  text: "Similar descriptions",
  "customer history": "What the customer bought before",
  popularity: "Best sellers",
  "relu network": "Neural network",
};

const SHOWN_REFUSALS = 50;

/** One run: how far it is, what it learned from, what was tried and what was refused. Null if the shop has none such. */
export async function readRunPage(
  deps: Deps,
  { shop, runId, now }: { shop: string; runId: string; now: Date },
) {
  const [row, run] = await Promise.all([
    findShop(deps.db, { shop }),
    findRunWithModels(deps.db, { shop, runId }),
  ]);
  if (!row || !run) return null;
  const format = createShopFormat(row);
  const report = RunReport.safeParse(run.report).data ?? {};
  const refused = report.refused ?? [];
  return {
    ...toRunView(run, format, now),
    cutoffAt: format.dateTime(run.cutoffAt),
    trainTime: run.trainMs === null ? null : `${format.number(run.trainMs / 1_000, 1)} s`,
    facts: toFacts(report, format),
    behaviour: toBehaviourTables(run.models, format),
    trends: toTrendRows(run.models, format),
    refused: refused.slice(0, SHOWN_REFUSALS),
    refusedCount: refused.length,
  };
}

interface CandidateRow {
  readonly step: string;
  readonly name: string;
  readonly isChosen: boolean;
  readonly metrics: unknown;
}

const TASKS = ["cart", "product"] as const;

/** The candidates of each task ("ease (cart)" was one for carts), the best first. */
function toBehaviourTables(models: readonly CandidateRow[], format: ShopFormat) {
  return TASKS.map((task) => {
    const ending = ` (${task})`;
    const rows = models
      .flatMap(({ step, name, isChosen, metrics }) => {
        const parsed = BehaviourMetrics.safeParse(metrics);
        return step === "behaviour" && parsed.success && name.endsWith(ending)
          ? [{ name: name.slice(0, -ending.length), isChosen, ...parsed.data }]
          : [];
      })
      .sort((a, b) => b.ndcg10 - a.ndcg10)
      .map(({ name, isChosen, hr10, ndcg10, fitMs }) => ({
        name: METHOD_NAMES[name] ?? name,
        isChosen,
        figures: [`${format.score(100 * hr10, 1)}%`, format.score(ndcg10, 3), toSeconds(fitMs, format)],
      }));
    return { task, rows };
  });
}

function toTrendRows(models: readonly CandidateRow[], format: ShopFormat) {
  return models
    .flatMap(({ step, name, isChosen, metrics }) => {
      const parsed = TrendsMetrics.safeParse(metrics);
      return step === "trends" && parsed.success ? [{ name, isChosen, ...parsed.data }] : [];
    })
    .sort((a, b) => a.wape - b.wape)
    .map(({ name, isChosen, wape }) => ({ name, isChosen, figures: [`${format.score(100 * wape, 1)}%`] }));
}

function toSeconds(durationMs: number, format: ShopFormat): string {
  return durationMs < 100 ? "under 0.1 s" : `${format.score(durationMs / 1_000, 1)} s`;
}

const FACT_TERMS = [
  ["orders", "Orders learned from"],
  ["lines", "Order lines"],
  ["items", "Products"],
  ["customers", "Returning customers known by a code"],
  ["forecasts", "Products forecast"],
  ["drafted", "Bundles tested on later orders"],
  ["proposed", "Bundles that held up"],
] as const;

function toFacts(report: RunReport, format: ShopFormat): { term: string; value: string }[] {
  const counts = FACT_TERMS.flatMap(([key, term]) => {
    const value = report[key];
    return value === undefined ? [] : [{ term, value: format.number(value) }];
  });
  const dropped = Object.entries(report.dropped ?? {}).filter(([, count]) => count > 0);
  if (dropped.length === 0) return counts;
  const value = dropped.map(([reason, count]) => `${format.number(count)} ${toWords(reason)}`).join(", ");
  return [...counts, { term: "Left out", value }];
}

/** "giftCard" or "gift_card" → "gift card". */
function toWords(reason: string): string {
  return reason
    .replaceAll(/[_-]/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
