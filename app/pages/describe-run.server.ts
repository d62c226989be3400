import { z } from "zod";
import { listRuns, type RunRow } from "#app/data/runs/runs.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { nextTryByMs, RUNS_COMPARED } from "#app/domain/retraining.ts";
import { isActiveRun, RunProblem, type RunStatus, StoredRunMessage } from "#app/domain/run-status.ts";
import { StoredHistory } from "#app/domain/collect/collect-messages.ts";
import { writeMessage, writeStored, type Writing } from "#app/locales/write-message.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { NamedRefusal } from "#app/services/propose/run-drafts.server.ts";
import { openShop } from "./open-shop.server.ts";

/** The progress of the newest run and of the history import. */
export async function readProgress(deps: Pick<Deps, "db">, { shop, words, now }: Asked) {
  const { row, format } = await openShop(deps, { shop, words });
  const [newest] = await listRuns(deps.db, { shop, limit: 1 });
  const run = newest ? toRunView(newest, { format, now, words }) : null;
  return { run, history: toHistoryProgress(row, { format, now, words }) };
}

type BackfillRow = Pick<
  Awaited<ReturnType<typeof openShop>>["row"],
  "installedAt" | "backfilledAt" | "backfillProgress" | "backfillMessage"
>;

/** The progress of the first reading of products and orders, with its remaining time. */
export function toHistoryProgress(row: BackfillRow, { format, now, words }: Writing & { now: Date }) {
  const isRead = row.backfilledAt !== null;
  const remaining = isRead
    ? null
    : estimateRemaining({ startedAt: row.installedAt, progress: row.backfillProgress }, { now, words });
  return {
    isRead,
    progressPercent: Math.round(100 * row.backfillProgress),
    progressText: [writeStored(StoredHistory, row.backfillMessage, { format, words }), remaining]
      .filter(Boolean)
      .join(" · "),
  };
}

/** A run as the home page and the list of runs show it. */
export function toRunView(run: RunRow, { format, now, words }: Writing & { now: Date }) {
  const isActive = isActiveRun(run.status);
  return {
    id: run.id,
    status: run.status,
    isActive,
    step: run.step,
    progressPercent: Math.round(Math.min(1, Math.max(0, run.progress)) * 100),
    message: writeStored(StoredRunMessage, run.message, { format, words }) ?? "",
    backend: run.backend,
    problem: writeStored(RunProblem, run.problem, { format, words }),
    at: format.dateTime(run.finishedAt ?? run.startedAt ?? run.createdAt),
    remaining: isActive ? estimateRemaining(run, { now, words }) : null,
  };
}

/**
 * The remaining time, extrapolated from the elapsed time. Steps differ in speed, so it is in whole minutes.
 *
 * @returns null below 5%, where the estimate is unstable
 */
function estimateRemaining(
  { startedAt, progress }: Pick<RunRow, "startedAt" | "progress">,
  { now, words }: { now: Date; words: Words },
): string | null {
  if (!startedAt || progress < 0.05) return null;
  const remainingMs = ((now.getTime() - startedAt.getTime()) * (1 - progress)) / progress;
  const minutes = Math.ceil(remainingMs / 60_000);
  return minutes <= 1
    ? words.t("server:remaining.soon")
    : words.t("server:remaining.minutes", { count: minutes });
}

/** The refusals in a run's report; see `RunReport`. */
const RefusedOfRun = z.object({ refused: z.array(NamedRefusal) });

/** The single reason why a run proposes nothing for the whole shop, as a sentence; otherwise null. */
export function describeNothingFound(
  { message, report }: Pick<RunRow, "message" | "report">,
  { format, words }: Writing,
): string | null {
  const ended = StoredRunMessage.safeParse(message).data;
  if (ended?.code === "run.needsOrders") return words.t("home:decide.needsOrders", ended.values);
  if (ended?.code !== "run.none") return null;
  const refused = RefusedOfRun.safeParse(report).data?.refused ?? [];
  const ofAll = refused.find(({ components }) => components.length === 0);
  if (!ofAll) return null;
  return words.t("home:decide.because", { reason: writeMessage(ofAll.reason, { format, words }) });
}

interface NextTryRequest extends Writing {
  readonly shop: string;
  /** The run shown on the page. */
  readonly run: { readonly id: string; readonly status: RunStatus } | undefined;
  readonly now: Date;
}

/**
 * The time of the next automatic retry, as a sentence.
 *
 * @returns null unless this is the newest run, it failed, and the schedule retries it
 */
export async function readNextTry(
  { db }: Pick<Deps, "db">,
  { shop, run, now, format, words }: NextTryRequest,
): Promise<string | null> {
  if (run?.status !== "failed") return null;
  const [runs, { retrainEvery }] = await Promise.all([
    listRuns(db, { shop, limit: RUNS_COMPARED }),
    readSettings(db, shop),
  ]);
  if (runs[0]?.id !== run.id) return null;
  const byMs = nextTryByMs(retrainEvery, runs, now.getTime());
  return byMs === null ? null : words.t("server:run.nextTry", { at: format.dateTime(new Date(byMs)) });
}
