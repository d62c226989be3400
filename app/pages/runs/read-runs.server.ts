import { z } from "zod";
import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { findRunWithModels, listRuns } from "#app/data/runs/runs.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { describeNothingFound, readNextTry, toRunView } from "#app/pages/describe-run.server.ts";
import { NamedRefusal } from "#app/services/propose/run-drafts.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** A report is written step by step. Missing fields and fields of another version are skipped. */
const RunReport = z.object({
  orders: z.number().optional().catch(undefined),
  lines: z.number().optional().catch(undefined),
  items: z.number().optional().catch(undefined),
  customers: z.number().optional().catch(undefined),
  dropped: z.record(z.string(), z.number()).optional().catch(undefined),
  forecasts: z.number().optional().catch(undefined),
  drafted: z.number().optional().catch(undefined),
  proposed: z.number().optional().catch(undefined),
  refused: z.array(NamedRefusal).optional().catch(undefined),
  /** Losses per pass of each task's network, updated during training. */
  lossesByTask: z.record(z.string(), z.array(z.number())).optional().catch(undefined),
});
type RunReport = z.infer<typeof RunReport>;

const BehaviourMetrics = z.object({
  hr10: z.number().nullish(),
  ndcg10: z.number().nullish(),
  fitMs: z.number(),
  calibrationError: z.number().nullish(),
  rawCalibrationError: z.number().nullish(),
});
const TrendsMetrics = z.object({ wape: z.number() });

/** Methods with a display name next to their technical one. */
const METHODS: Readonly<Record<string, string>> = {
  ease: "ease",
  rp3beta: "rp3beta",
  "basket neighbours": "neighbours",
  confidence: "confidence",
  "co-view": "coView",
  text: "text",
  "customer history": "history",
  popularity: "popularity",
  "relu network": "network",
};

const SHOWN_REFUSALS = 50;

/** One run: its progress, training data, compared methods and refusals; null if the shop has no such run. */
export async function readRunPage(deps: Deps, { shop, runId, now, words }: Asked & { runId: string }) {
  const run = await findRunWithModels(deps.db, { shop, runId });
  if (!run) return null;
  const { format } = await openShop(deps, { shop, words });
  const report = RunReport.safeParse(run.report).data ?? {};
  const refused = (report.refused ?? []).filter(({ components }) => components.length > 0);
  return {
    ...toRunView(run, { format, now, words }),
    nextTry: await readNextTry(deps, { shop, run, now, format, words }),
    cutoffAt: format.dateTime(run.cutoffAt),
    trainTime: run.trainMs === null ? null : `${format.number(run.trainMs / 1_000, 1)} s`,
    facts: toFacts(report, format, words),
    losses: report.lossesByTask?.[TASK] ?? [],
    behaviour: toBehaviourRows(run.models, format, words),
    trends: toTrendRows(run.models, format, words),
    refused: refused.slice(0, SHOWN_REFUSALS).map(({ components, reason }) => ({
      components,
      reason: writeMessage(reason, { format, words }),
    })),
    refusedCount: refused.length,
    nothingFound: describeNothingFound(run, { format, words }),
  };
}

export type RunPage = NonNullable<Awaited<ReturnType<typeof readRunPage>>>;

type CandidateRow = NonNullable<Awaited<ReturnType<typeof findRunWithModels>>>["models"][number];

/** The `CompletionTask` that runs train for. */
const TASK = "product";
/** Suffix of a candidate's name. */
const ENDING = ` (${TASK})`;

/** The candidates, best first. */
function toBehaviourRows(models: readonly CandidateRow[], format: ShopFormat, words: Words) {
  return models
    .flatMap(({ step, name, isChosen, metrics }) => {
      const parsed = BehaviourMetrics.safeParse(metrics);
      return step === "behaviour" && parsed.success && name.endsWith(ENDING)
        ? [{ name: name.slice(0, -ENDING.length), isChosen, ...parsed.data }]
        : [];
    })
    .sort((a, b) => (b.ndcg10 ?? -1) - (a.ndcg10 ?? -1))
    .map(({ name, isChosen, hr10, ndcg10, fitMs, ...calibration }) => ({
      name: nameMethod(name, words),
      isChosen,
      figures: [
        typeof hr10 === "number" ? format.percent(hr10, 1) : "–",
        typeof ndcg10 === "number" ? format.score(ndcg10, 3) : "–",
        toCalibration(calibration, format, words),
        toSeconds(fitMs, format, words),
      ],
    }));
}

/** Only a method with probabilities has a calibration error. */
function toCalibration(
  {
    calibrationError,
    rawCalibrationError,
  }: Pick<z.infer<typeof BehaviourMetrics>, "calibrationError" | "rawCalibrationError">,
  format: ShopFormat,
  { t }: Words,
): string {
  if (typeof calibrationError !== "number" || typeof rawCalibrationError !== "number") return "–";
  const [after, before] = [calibrationError, rawCalibrationError].map((error) => format.percent(error, 1));
  return t("server:calibration", { after, before });
}

export function nameMethod(name: string, { t }: Words): string {
  return METHODS[name] ? t(`server:method.${METHODS[name]}`) : name;
}

function toTrendRows(models: readonly CandidateRow[], format: ShopFormat, words: Words) {
  return models
    .flatMap(({ step, name, isChosen, metrics }) => {
      const parsed = TrendsMetrics.safeParse(metrics);
      return step === "trends" && parsed.success ? [{ name, isChosen, ...parsed.data }] : [];
    })
    .sort((a, b) => a.wape - b.wape)
    .map(({ name, isChosen, wape }) => ({
      name: nameDemandMethod(name, words),
      isChosen,
      figures: [format.percent(wape, 1)],
    }));
}

function toSeconds(durationMs: number, format: ShopFormat, { t }: Words): string {
  if (durationMs < 100) return t("server:under", { time: `${format.score(0.1, 1)} s` });
  if (durationMs < 60_000) return `${format.score(durationMs / 1_000, 1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  return `${format.number(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

const FACTS = ["orders", "lines", "items", "customers", "forecasts", "drafted", "proposed"] as const;

function toFacts(report: RunReport, format: ShopFormat, { t }: Words): { term: string; value: string }[] {
  const counts = FACTS.flatMap((name) => {
    const value = report[name];
    return value === undefined ? [] : [{ term: t(`server:fact.${name}`), value: format.number(value) }];
  });
  const dropped = Object.entries(report.dropped ?? {}).filter(([, count]) => count > 0);
  if (dropped.length === 0) return counts;
  const value = dropped
    .map(([reason, count]) =>
      t("server:dropped.each", { number: format.number(count), what: t(`server:dropped.${reason}`) }),
    )
    .join(t("common:listSeparator"));
  return [...counts, { term: t("server:fact.dropped"), value }];
}

/** Display names for `listDemandCandidates` and the trained method. */
const DEMAND_METHODS: Readonly<Record<string, string>> = {
  smoothing: "smoothing",
  "smoothing × season": "season",
  "market share × season": "share",
  "linear map": "linear",
};
const MEAN = "mean of ";

/**
 * The display name of a demand method: its own name, with its price assumption, or a mean with its parts.
 *
 * @param name stored name, in English
 * @returns the stored name if it has no translation, as from an older version
 */
export function nameDemandMethod(name: string, words: Words): string {
  const { t } = words;
  if (name.startsWith(MEAN)) {
    const parts = name
      .slice(MEAN.length)
      .split(" + ")
      .map((part) => nameDemandMethod(part, words));
    return t("server:demand.mean", { parts: parts.join(" + ") });
  }
  const [, plain, price] = /^(.*), (usual|planned) price$/.exec(name) ?? [];
  if (plain && price) return t(`server:demand.${price}Price`, { method: nameDemandMethod(plain, words) });
  const [, products, ahead] = /^moved prices \((\d+)\): (none|usual|planned)$/.exec(name) ?? [];
  if (products && ahead) {
    const number = new Intl.NumberFormat(words.locale).format(Number(products));
    return t(`server:demand.moved.${ahead}`, { products: number });
  }
  return DEMAND_METHODS[name] ? t(`server:demand.${DEMAND_METHODS[name]}`) : name;
}

const LISTED_RUNS = 50;

/** The runs of a shop, newest first. */
export async function readRunsPage(deps: Deps, { shop, now, words }: Asked) {
  const { format } = await openShop(deps, { shop, words });
  const runs = await listRuns(deps.db, { shop, limit: LISTED_RUNS });
  return runs.map((run) => toRunView(run, { format, now, words }));
}
