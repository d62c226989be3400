import type { Words } from "#app/locales/words.server.ts";
import { isActiveRun, RunProblem, type RunStatus, StoredRunMessage } from "#app/domain/run-status.ts";
import { StoredHistory } from "#app/domain/collect/collect-messages.ts";
import { writeStored } from "#app/locales/write-message.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

interface BackfillRow {
  readonly installedAt: Date;
  readonly backfilledAt: Date | null;
  readonly backfillProgress: number;
  readonly backfillMessage: unknown;
}

/** How far the first reading of the shop's products and orders is, with the time that it may still take. */
export function toHistoryProgress(
  row: BackfillRow,
  { format, now, words }: { format: ShopFormat; now: Date; words: Words },
) {
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

interface RunRow {
  readonly id: string;
  readonly status: RunStatus;
  readonly step: string;
  readonly progress: number;
  readonly message: unknown;
  readonly backend: string | null;
  readonly problem: unknown;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly createdAt: Date;
}

/** One run as the home page and the list of runs show it. */
export function toRunView(
  run: RunRow,
  { format, now, words }: { format: ShopFormat; now: Date; words: Words },
) {
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
