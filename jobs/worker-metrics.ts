import type { Server } from "node:http";
import type { Job, Worker } from "bullmq";
import express from "express";
import { Gauge, Histogram, type Registry } from "prom-client";
import { answerMetrics, createRegistry } from "#app/web/metrics.server.ts";
import { answerHealth, type HealthAnswers } from "#app/web/answer-operator.ts";
import { isJobName, type Lane, type QueueName } from "#app/queue/catalog.ts";
import type { JobQueue } from "#app/queue/job-queue.server.ts";

/** Seconds: from a webhook turn to the training of a large shop. */
const BUCKETS = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 1_800];

interface LaneOfQueue {
  readonly queue: QueueName;
  readonly lane: Lane;
}

export interface WorkerMetrics {
  readonly registry: Registry;
  /** Counts the jobs of a worker from now on, including those in child processes. */
  watch(worker: Worker, of: LaneOfQueue): void;
}

/** Metrics of a worker process: jobs by name and outcome with their duration, and queue lengths. */
export function createWorkerMetrics({ readLanes }: Pick<JobQueue, "readLanes">): WorkerMetrics {
  const registry = createRegistry();
  const seconds = new Histogram({
    name: "bundlesmith_job_seconds",
    help: "How long an attempt at a job took",
    labelNames: ["queue", "lane", "job", "outcome"],
    buckets: BUCKETS,
    registers: [registry],
  });
  new Gauge({
    name: "bundlesmith_queue_jobs",
    help: "Jobs of a queue's lane by state",
    labelNames: ["queue", "lane", "state"],
    registers: [registry],
    async collect() {
      for (const { queue, lane, jobs } of await readLanes()) {
        for (const [state, count] of Object.entries(jobs)) this.set({ queue, lane, state }, count);
      }
    },
  });
  const observe = ({ queue, lane }: LaneOfQueue, job: Job, outcome: string) => {
    if (job.processedOn === undefined) return;
    const name = isJobName(job.name) ? job.name : "unknown";
    seconds.observe(
      { queue, lane, job: name, outcome },
      ((job.finishedOn ?? Date.now()) - job.processedOn) / 1_000,
    );
  };
  return {
    registry,
    watch(worker, of) {
      worker.on("completed", (job) => observe(of, job, "completed"));
      worker.on("failed", (job) => {
        if (job) observe(of, job, "failed");
      });
    },
  };
}

/** Serves `/metrics`, `/healthz` and `/readyz` of a worker process. A stopping process is not ready. */
export function serveWorker(
  { registry }: WorkerMetrics,
  { port, token, ...health }: HealthAnswers & { readonly port: number; readonly token: string | undefined },
): Server {
  const app = express();
  app.disable("x-powered-by");
  app.get("/metrics", answerMetrics(registry, token));
  app.use(answerHealth(health));
  return app.listen(port);
}
