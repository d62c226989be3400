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

/** How far the newest run and the reading of the shop's history are. */
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

/** How far the first reading of the shop's products and orders is, with the time that it may still take. */
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

/** One run as the home page and the list of runs show it. */
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
 * Time left, from how long the part done took; steps differ in speed, so it is said in whole minutes only.
 *
 * @returns null before a twentieth is done, when the estimate would jump
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

/** What a run keeps of what it refused; see `RunReport`. */
const RefusedOfRun = z.object({ refused: z.array(NamedRefusal) });

/**
 * Why a run proposes nothing where that is one reason for the whole shop, as a sentence with what is missing; else
 * null.
 */
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
  /** The run that the page tells of. */
  readonly run: { readonly id: string; readonly status: RunStatus } | undefined;
  readonly now: Date;
}

/**
 * When the app tries again by itself what failed, as a sentence.
 *
 * @returns null unless this is the newest run, it failed, and the merchant's schedule repeats it
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
