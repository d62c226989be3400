import { findFreePort, requireFreePort } from "#tests/setup/free-port.ts";
import { seededRandom } from "#tests/standin/simulator/random.ts";
import { fillNewShop } from "./fill.ts";
import { runLoop, type LoopFigures } from "./loop.ts";
import { Merchant } from "./merchant.ts";
import { readDemoOptions, UsageError, type DemoOptions } from "./options.ts";
import { startStack } from "./stack.ts";
import { Teardown } from "./teardown.ts";
import { Watch } from "./watch.ts";

/** The rate of Shopify's largest plan, so that the back-fill of the demo does not take too long. */
const API_POINTS_PER_SECOND = 2_000;

const startedAtMs = Date.now();
const say = (text: string) => {
  const seconds = String(Math.round((Date.now() - startedAtMs) / 1_000)).padStart(4);
  console.error(`${seconds} s  ${text}`);
};

const teardown = new Teardown();

async function end(code: number): Promise<void> {
  await teardown.run();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!teardown.isRunning) say("Stopping");
    void end(signal === "SIGINT" ? 0 : 143);
  });
}

async function main(): Promise<void> {
  const options = readDemoOptions(process.argv.slice(2));
  const ports = await choosePorts(options);
  say(options.ordersPath ? `Reading ${options.ordersPath}` : "Simulating a shop");
  const filled = await fillNewShop({
    shop: "demo-shop.myshopify.com",
    ordersPath: options.ordersPath,
    seed: options.seed,
    endAtMs: startedAtMs,
  });
  const stack = await startStack(
    {
      ...ports,
      state: filled.state,
      apiPointsPerSecond: API_POINTS_PER_SECOND,
      say,
      onCrash: (text) => {
        console.error(text);
        void end(1);
      },
    },
    teardown,
  );
  const watch = new Watch(stack.databaseUrl, stack.shop);
  const merchant = new Merchant(stack.appUrl, stack.standin);
  const figures = await runLoop({ stack, filled, merchant, watch, random: seededRandom(options.seed), say });
  await watch.close();
  if (options.isJson) console.log(JSON.stringify(figures));
  const problem = findProblem(figures);
  if (problem) throw new Error(problem);
  if (options.isOnce) {
    await end(0);
    return;
  }
  console.error(
    `\n  Merchant's admin   ${stack.standin.url}/admin\n  Storefront         ${stack.standin.url}/\n\n  Ctrl-C stops everything.\n`,
  );
}

async function choosePorts({ isOnce, adminPort, appPort }: DemoOptions) {
  if (isOnce) return { adminPort: await findFreePort(), appPort: await findFreePort() };
  await requireFreePort(adminPort, "--port");
  await requireFreePort(appPort, "--app-port");
  return { adminPort, appPort };
}

/** The first expectation of the loop that a pass did not meet; null when it met all. */
function findProblem(figures: LoopFigures): string | null {
  const { published, offersOnStorefront, widgetPriceMinor, checkoutPriceMinor } = figures;
  if (offersOnStorefront !== published)
    return `${published} bundles are published and the storefront shows ${offersOnStorefront}.`;
  if (widgetPriceMinor !== checkoutPriceMinor)
    return `The widget showed ${widgetPriceMinor} and the checkout took ${checkoutPriceMinor}.`;
  return null;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  await end(error instanceof UsageError ? 2 : 1);
}
