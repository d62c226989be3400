import type { Pool } from "pg";
import { DUE_KINDS, type DueKind } from "#app/domain/due-work.ts";
import type { RunStatus } from "#app/domain/run-status.ts";

/** Backlog of one kind of work in all shops. */
export interface DueLoad {
  readonly kind: DueKind;
  /** Shops in which it is due. */
  readonly due: number;
  /** How long the most overdue shop has waited; 0 if none is overdue. */
  readonly oldestSeconds: number;
  /** The most overdue shop. */
  readonly oldestShop: string | null;
  /** Shops whose latest attempts were all given up. */
  readonly failing: number;
  /** Shops in which it was finished within the last hour. */
  readonly finishedLastHour: number;
}

export async function readDueLoad(pool: Pool): Promise<DueLoad[]> {
  const { rows } = await pool.query<DueLoad>(
    `SELECT k."kind", COUNT(w."shop") FILTER (WHERE w."dueAt" <= n."at")::int AS "due",
       GREATEST(0, COALESCE(extract(epoch FROM MAX(n."at" - w."dueAt")), 0))::float8 AS "oldestSeconds",
       (array_agg(w."shop" ORDER BY w."dueAt") FILTER (WHERE w."dueAt" <= n."at"))[1] AS "oldestShop",
       COUNT(w."shop") FILTER (WHERE w."failures" > 0)::int AS "failing",
       COUNT(w."shop") FILTER (WHERE w."finishedAt" > n."at" - interval '1 hour')::int AS "finishedLastHour"
     FROM unnest($1::text[]) k("kind")
     CROSS JOIN (SELECT now() AT TIME ZONE 'UTC' AS "at") n
     LEFT JOIN "DueWork" w ON w."kind" = k."kind"
     GROUP BY k."kind" ORDER BY k."kind"`,
    [DUE_KINDS],
  );
  return rows;
}

interface RunCount {
  readonly status: RunStatus;
  readonly lane: string;
  readonly runs: number;
}

/** Runs of all shops by state and lane: running ones, and those that ended within the last day. */
export async function countRunsByState(pool: Pool): Promise<RunCount[]> {
  const { rows } = await pool.query<RunCount>(
    `SELECT "status", "lane", COUNT(*)::int AS "runs" FROM "Run"
     WHERE "finishedAt" IS NULL OR "finishedAt" > (now() AT TIME ZONE 'UTC') - interval '1 day'
     GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return rows;
}

/** Number of jobs of all shops that were given up within the last day, by name. */
export async function countGivenUpJobs(pool: Pool): Promise<{ name: string; jobs: number }[]> {
  const { rows } = await pool.query<{ name: string; jobs: number }>(
    `SELECT "name", COUNT(*)::int AS "jobs" FROM "DeadLetter"
     WHERE "failedAt" > (now() AT TIME ZONE 'UTC') - interval '1 day' GROUP BY 1 ORDER BY 2 DESC`,
  );
  return rows;
}
