import type { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { fitSources } from "#app/learning/completion/fit-feature-sources.ts";
import { gatherOtherWindow, planOtherWindows } from "#app/learning/completion/other-windows.ts";
import { NETWORK_DEFAULTS, trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { openWorkerThread, watchThread } from "#jobs/open-worker-thread.ts";
import { plantedPurchases } from "#tests/factories/planted-purchases.ts";
import { PLANTED_START_MS, plantedOrders } from "#tests/factories/planted-shop.ts";

const MANY_LINES = 1_000_000;
const WASM = { name: "wasm", memoryBytes: 2 ** 31 } as const;
const CUTOFF_MS = PLANTED_START_MS + 100 * DAY_MS;
const { baskets } = prepareBaskets(plantedOrders({ orders: 300, products: 20, days: 100, seed: 1 }), [], {
  currency: "USD",
});

/** URL of a thread that runs this script instead of the app's. */
function threadOf(script: string): URL {
  return new URL(
    `data:text/javascript,import { parentPort } from "node:worker_threads"; ${encodeURIComponent(script)}`,
  );
}

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("learning in a worker thread", () => {
  it.each([
    ["a small log", WASM, 5_000],
    ["little memory", { ...WASM, memoryBytes: 2 ** 28 }, MANY_LINES],
    ["a graphics card", { ...WASM, name: "webgpu" } as const, MANY_LINES],
  ])("does not start for %s", async (_, backend, lines) => {
    const second = openWorkerThread(backend, lines, () => {});
    expect(second.workerThread).toBeUndefined();
    await second.close();
  });

  it("stops when aborted", async () => {
    const second = openWorkerThread(WASM, MANY_LINES, () => {});
    const abort = new AbortController();
    const fitted = second.workerThread!.fit(baskets, CUTOFF_MS, abort.signal);
    abort.abort();
    await expect(fitted).rejects.toThrow(/abort/i);
  });

  it("continues in the main thread if the worker thread fails, and says why", async () => {
    const reasons: string[] = [];
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => reasons.push(reason));
    // A function cannot be sent to a thread.
    const unsendable = Object.assign({ unreported: () => 0 }, baskets);
    expect(await second.workerThread!.fit(unsendable, CUTOFF_MS, undefined)).toEqual(
      await fitSources(baskets, CUTOFF_MS, {}),
    );
    expect(reasons).toEqual([expect.stringContaining("could not be cloned")]);
    await second.close();
  });

  it.each([
    ["idles in its event loop", 'parentPort.on("message", () => {});'],
    ["waits for a lock", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"],
  ])("continues in the main thread if the worker thread %s, and says why", async (_, script) => {
    const reasons: string[] = [];
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => reasons.push(reason), {
      thread: threadOf(script),
      pollEveryMs: 50,
    });
    expect(await second.workerThread!.fit(baskets, CUTOFF_MS, undefined)).toEqual(
      await fitSources(baskets, CUTOFF_MS, {}),
    );
    expect(reasons).toEqual([expect.stringContaining("computed nothing")]);
    await second.close();
  });

  it.each([
    ["a loop", "const end = Date.now() + 2_500; while (Date.now() < end);"],
    [
      "native code",
      "const end = Date.now() + 2_500; const many = new Float64Array(2e6); " +
        "while (Date.now() < end) many.map(Math.random).sort();",
    ],
  ])("treats a thread that is busy in %s and does not answer as working", async (_, work) => {
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => expect.unreachable(reason), {
      thread: threadOf(
        `parentPort.on("message", ({ id }) => { ${work} parentPort.postMessage({ id, fitted: "late" }); });`,
      ),
      // Long enough that a busy machine gives the thread CPU time between two polls.
      pollEveryMs: 300,
    });
    expect(await second.workerThread!.fit(baskets, CUTOFF_MS, undefined)).toBe("late");
    await second.close();
  });

  it("does not treat a thread without work as hanging", async () => {
    vi.useFakeTimers();
    let isAtWork = false;
    const idle = { cpuUsage: async () => ({ user: 0, system: 0 }) } as Worker;
    const onHang = vi.fn();
    const stop = watchThread(idle, { pollEveryMs: 50, isAtWork: () => isAtWork, onHang });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onHang).not.toHaveBeenCalled();
    isAtWork = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onHang).toHaveBeenCalledOnce();
    stop();
    vi.useRealTimers();
  });

  it("is not repeated in the main thread after the worker thread is closed", async () => {
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => expect.unreachable(reason));
    const fitted = second.workerThread!.fit(baskets, CUTOFF_MS, undefined);
    await second.close();
    await expect(fitted).rejects.toThrow("the thread ended");
  });

  it("returns the same bits as the main thread, for several fits", async () => {
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => expect.unreachable(reason));
    const [all, earlier] = await Promise.all([
      second.workerThread!.fit(baskets, CUTOFF_MS, undefined),
      second.workerThread!.fit(baskets, CUTOFF_MS - DAY_MS, undefined),
    ]);
    expect(all).toEqual(await fitSources(baskets, CUTOFF_MS, {}));
    expect(earlier).toEqual(await fitSources(baskets, CUTOFF_MS - DAY_MS, {}));
    await second.close();
  });

  it("gathers the same bits for another window as the main thread", async () => {
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => expect.unreachable(reason));
    const [window] = planOtherWindows(baskets, 250);
    const trainings = (["cart", "product"] as const).map((task) => ({ task, mostCases: 50, places: 8 }));
    const links = { text: await linkByText(baskets.items), coViews: null };
    const seeds = { draw: 1, thin: 2 };
    const work = { ...window!, past: baskets, links, candidates: null, trainings, seeds };
    const windows = await second.workerThread!.gather(work, undefined);
    expect(windows.map(({ cases }) => cases)).toEqual([50, 50]);
    expect(windows).toEqual(await gatherOtherWindow(work, {}));
    await second.close();
  });

  it("trains the same network as the main thread, to the last bit", async () => {
    const second = openWorkerThread(WASM, MANY_LINES, (reason) => expect.unreachable(reason));
    const [examples, heldOut] = [plantedPurchases(60, 1), plantedPurchases(20, 2)];
    const settings = { ...NETWORK_DEFAULTS, maxEpochs: 2 };
    const run = { seed: 3, memoryBytes: undefined, signal: undefined };
    const trained = await second.workerThread!.train(examples, heldOut, settings, run);
    expect(trained).toEqual(await trainPurchaseNetwork(examples, heldOut, settings, run));
    await second.close();
  });
});
