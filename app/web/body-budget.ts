import type { IncomingMessage } from "node:http";

/** Every body can have this much; most webhooks and all event batches are smaller. */
const FREE_BYTES = 64 * 1024;
/** Budget for the excess of all larger bodies, per process. */
const SHARED_BYTES = 48 * 1024 * 1024;
/** Concurrent bodies. */
const MOST_READINGS = 512;
/** Timeout of a body. Shopify's arrive within a few hundredths of a second. */
const DEADLINE_MS = 5_000;
/** After this time, a body can be dropped in favour of another. */
const PATIENT_MS = 500;

/** 408 too slow, 413 too long, 503 no room, null when the sender has left. */
type BodyRefusal = 408 | 413 | 503 | null;

interface Reading {
  bytes: number;
  readonly startedMs: number;
  giveUp(refusal: BodyRefusal): void;
}

/**
 * Reads bodies of unauthenticated senders in bounded memory. Each body has a length limit and a deadline, and all share
 * a budget. When there is no room, the oldest body is dropped, so that stalled connections block nobody.
 */
export class BodyBudget {
  readonly #readings = new Set<Reading>();
  #sharedBytes = 0;

  /** @returns the body, or the status to refuse it with */
  read(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | BodyRefusal> {
    if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve(413);
    if (this.#readings.size >= MOST_READINGS && !this.#makeRoom()) return Promise.resolve(503);
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      const end = (outcome: Buffer | BodyRefusal) => {
        if (!this.#readings.delete(reading)) return;
        this.#sharedBytes -= sharedOf(reading.bytes);
        clearTimeout(timer);
        incoming.off("data", take).off("end", finish).off("close", leave).off("error", leave);
        // A listener stays, because an error of the dropped connection would end the process.
        incoming.on("error", () => {}).resume();
        chunks.length = 0;
        resolve(outcome);
      };
      const take = (chunk: Buffer) => {
        this.#sharedBytes += sharedOf(reading.bytes + chunk.byteLength) - sharedOf(reading.bytes);
        reading.bytes += chunk.byteLength;
        chunks.push(chunk);
        if (reading.bytes > maxBytes) return end(413);
        while (this.#sharedBytes > SHARED_BYTES) this.#oldest(({ bytes }) => bytes > FREE_BYTES)!.giveUp(503);
      };
      const finish = () => end(Buffer.concat(chunks));
      const leave = () => end(null);
      const reading: Reading = { bytes: 0, startedMs: performance.now(), giveUp: end };
      const timer = setTimeout(() => end(408), DEADLINE_MS);
      this.#readings.add(reading);
      incoming.on("data", take).on("end", finish).on("close", leave).on("error", leave);
    });
  }

  #makeRoom(): boolean {
    const oldest = this.#oldest(() => true)!;
    if (performance.now() - oldest.startedMs < PATIENT_MS) return false;
    oldest.giveUp(408);
    return true;
  }

  /** A set keeps insertion order. */
  #oldest(isMeant: (reading: Reading) => boolean): Reading | undefined {
    for (const reading of this.#readings) if (isMeant(reading)) return reading;
    return undefined;
  }
}

function sharedOf(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}
