import { type RequestHandler, Router, type Response } from "express";
import { countGivenUpJobs, countRunsByState, readDueLoad } from "#app/data/due-work/fleet-load.server.ts";
import { readInboxLoad } from "#app/data/inbox/inbox.server.ts";
import type { JobQueue } from "#app/queue/job-queue.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { isSameSecret } from "#app/process/secret-box.server.ts";
import { openHealthCheck, type Part } from "./check-health.server.ts";

interface OperatorPage extends Pick<Deps, "pool"> {
  readonly jobs: Pick<JobQueue, "readLanes">;
  /** Password for basic authentication; the user name is ignored. */
  readonly token: string;
}

/**
 * The operator page: due work and its delay, lanes, runs, failures and throughput of all shops. It is not for
 * merchants, so it is in English only and loads nothing.
 */
export function answerOperator({ pool, jobs, token }: OperatorPage): RequestHandler {
  return (request, response, next) => {
    if (!hasToken(request.headers.authorization, token)) {
      response.status(401).set("WWW-Authenticate", 'Basic realm="operator", charset="UTF-8"').end();
      return;
    }
    writePage({ pool, jobs }).then((page) => {
      response
        .set("Cache-Control", "no-store")
        .set(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        )
        .type("html")
        .send(page);
    }, next);
  };
}

async function writePage({ pool, jobs }: Pick<OperatorPage, "pool" | "jobs">): Promise<string> {
  const [due, inbox, runs, givenUp, lanes] = await Promise.all([
    readDueLoad(pool),
    readInboxLoad(pool),
    countRunsByState(pool),
    countGivenUpJobs(pool),
    // PostgreSQL's figures are shown even while Redis is down.
    jobs.readLanes().catch(() => null),
  ]);
  const parts = [
    writeTable(
      "Due work",
      ["kind", "shops due", "oldest overdue", "its shop", "shops failing", "done in the last hour"],
      due.map((one) => [
        one.kind,
        one.due,
        `${Math.round(one.oldestSeconds)} s`,
        one.oldestShop ?? "",
        one.failing,
        one.finishedLastHour,
      ]),
    ),
    writeTable(
      "Webhooks",
      ["waiting", "oldest", "wait for a person", "of these about personal data: see operations.md"],
      [[inbox.waiting, `${Math.round(inbox.oldestSeconds)} s`, inbox.stuck, inbox.stuckRequests]],
    ),
    lanes === null
      ? "<h2>Lanes</h2><p>Redis does not answer.</p>"
      : writeTable(
          "Lanes",
          ["queue", "lane", "waiting", "at work", "delayed", "failed"],
          lanes.map(({ queue, lane, jobs: of }) => [
            queue,
            lane,
            of.waiting,
            of.active,
            of.delayed,
            of.failed,
          ]),
        ),
    writeTable(
      "Runs, at work or ended within a day",
      ["state", "lane", "runs"],
      runs.map(({ status, lane, runs: count }) => [status, lane, count]),
    ),
    writeTable(
      "Jobs given up within a day",
      ["job", "times"],
      givenUp.map(({ name, jobs: times }) => [name, times]),
    ),
  ];
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Fleet</title>' +
    "<style>body{font:14px system-ui;margin:2em}td,th{padding:.2em 1em .2em 0;text-align:left}</style>" +
    `<h1>Fleet</h1>${parts.join("")}</html>`
  );
}

function writeTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const write = (tag: "td" | "th", cells: readonly (string | number)[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(String(cell))}</${tag}>`).join("")}</tr>`;
  const body = rows.length === 0 ? "<tr><td>none</td></tr>" : rows.map((row) => write("td", row)).join("");
  return `<h2>${title}</h2><table>${write("th", head)}${body}</table>`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ESCAPES[letter]!);
}

function hasToken(authorization: string | undefined, token: string): boolean {
  const encoded = /^Basic (\S+)$/.exec(authorization ?? "")?.[1] ?? "";
  const password = Buffer.from(encoded, "base64")
    .toString("utf8")
    .replace(/^[^:]*:/, "");
  return isSameSecret(password, token);
}

export interface HealthAnswers extends Pick<Deps, "pool"> {
  readonly redisUrl: string;
  /** Whether the process is shutting down. */
  isLeaving(): boolean;
}

/**
 * Answers three health checks:
 *
 * - `/healthz`: is the process alive? Always 200: a process that does not answer needs a restart, but one without a
 *   database does not
 * - `/readyz/intake`: can it accept webhooks and visits? 200 while PostgreSQL answers. Webhooks are saved without
 *   Redis, so the load balancer must not remove their receiver
 * - `/readyz/pages`, or `/readyz` for short: do the pages work? 200 while PostgreSQL and Redis answer
 *
 * A process that is shutting down is not ready, so the load balancer leaves it before it closes.
 */
export function answerHealth({ pool, redisUrl, isLeaving }: HealthAnswers): Router {
  const router = Router();
  const checkHealth = openHealthCheck({ pool }, redisUrl);
  const answer = async (response: Response, needed: readonly Part[]) => {
    const down = await checkHealth();
    const missing = down.filter((part) => needed.includes(part));
    const isReady = missing.length === 0 && !isLeaving();
    response
      .status(isReady ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ ok: isReady, down: missing, isLeaving: isLeaving() });
  };
  router.get(
    "/healthz",
    (_request, response) => void response.set("Cache-Control", "no-store").json({ ok: true }),
  );
  router.get("/readyz/intake", (_request, response, next) => void answer(response, ["database"]).catch(next));
  router.get(["/readyz", "/readyz/pages"], (_request, response, next) => {
    void answer(response, ["database", "redis"]).catch(next);
  });
  return router;
}
