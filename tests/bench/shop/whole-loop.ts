import { spawnSync } from "node:child_process";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/** The demo's loop from an empty database to a sale, on the simulated shop and on a real order log. */
runLoop("simulated shop", [], 180);
const orders = findBenchData("online-retail/orders.csv.gz");
if (orders) runLoop("real log", ["--orders", orders], 900);

function runLoop(shop: string, args: string[], barSeconds: number): void {
  const startedMs = performance.now();
  const done = spawnSync("node", ["tests/standin/demo/main.ts", "--once", "--json", ...args], {
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`${shop}: ${done.stderr.trim().split("\n").at(-1)}`);
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
  const figures = JSON.parse(done.stdout) as Record<string, number>;
  const print = (name: string, value: number | undefined, unit: string, peer?: number) =>
    printFigure({ name: `whole loop, ${shop}, ${name}`, value: value ?? 0, unit, ...(peer ? { peer } : {}) });
  print("time", seconds, "s", barSeconds);
  print("orders", figures["orders"], "orders");
  print("training", figures["trainSeconds"], "s");
  print("proposed", figures["proposed"], "bundles", 20);
  print("offers on the storefront", figures["offersOnStorefront"], "offers", figures["published"]);
  print("price at the checkout", figures["checkoutPriceMinor"], "minor units", figures["widgetPriceMinor"]);
}
