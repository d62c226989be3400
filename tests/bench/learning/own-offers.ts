import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { normalDraw, seededRandom, type Random } from "#app/domain/numbers/random.ts";
import { readOptional, readWhole } from "#tests/bench/bench-data.ts";
import { printLastLine, runNode } from "./run-scorer.ts";
import { withoutParts } from "./without-parts.ts";

/**
 * What a shop learns from a month of its own offers. In shops whose shoppers are known, the list is shown for 28 days
 * with a tenth held out, and the visitors' actions feed the next list. Prints the true gain of each of the two lists
 * next to its promise, and the same for the next offers that were not shown. `--worlds DIR` as for `worlds`, `--seed
 * N`, `--world NAME`.
 *
 * `--others N,N`: the promise of a shop's first list with the answers of other shops of the installation, those of
 * these seeds in every world or only in its own world, next to its promise without them. All lists then use counts
 * only, which is fast.
 */
const WORLDS = ["awareness", "price", "confounded", "launch", "menu"];
const LIST = 40;
/** From this many, the first `LIST` that were not shown before are taken. */
const LONGER_LIST = 100;
const HELD_OUT = 0.1;
const OFFERS_ON_A_PAGE = 3;
const DRAWN_VISITS = 300;
const PAIRS_OF_THREE = [
  [0, 1],
  [0, 2],
  [1, 2],
];
const UNSEEN_SAVING = 1_000;
const SEEN_VISITS = 12_000;

const ShownList = z.looseObject({
  bundles: z.array(
    z.looseObject({
      components: z.array(z.looseObject({ sku: z.string() })),
      expected: z.looseObject({
        ordersAnyway: z.looseObject({ value: z.number() }),
        pairsAnyway: z.array(z.number()).optional(),
      }),
    }),
  ),
});
type ShownBundle = z.infer<typeof ShownList>["bundles"][number];
const toKey = ({ components }: ShownBundle) =>
  components
    .map(({ sku }) => sku)
    .toSorted()
    .join();
interface Offer {
  readonly items: readonly number[];
  readonly discount: number;
  readonly windows?: readonly number[];
}
interface PricedOffer extends Offer {
  saving: number;
}
type OffersOf = ReadonlyMap<number, readonly PricedOffer[]>;
interface World {
  readonly endAt: string;
  readonly spec: { readonly intent: number };
  readonly products: readonly { readonly sku: string; readonly price: number; readonly mission: number }[];
}
interface Shopper {
  draw(random: () => number, mission: number, landing: number, at: null): object | null;
  judge(visit: object, shown: readonly PricedOffer[], offersOf: OffersOf): { readonly margin: number };
}
interface WorldPrograms {
  readonly dialect: { readonly model: { openShopper(world: World): Shopper } };
  openVisits(
    model: object,
    world: World,
    name: string,
    total: number,
  ): {
    readonly windows: readonly unknown[];
    readonly visitsIn: readonly number[];
    readonly landingShare: readonly number[];
  };
  toOffers(bundles: unknown, world: World, windows: readonly unknown[]): Offer[];
}

const worlds = readOptional("--worlds");
if (worlds === null) {
  console.error("own-offers: set the folder of the shop generator with --worlds DIR");
  process.exit(0);
}
const load = (name: string) => import(pathToFileURL(join(worlds, name)).href) as Promise<WorldPrograms>;
const { dialect } = await load("dialect.mjs");
const { openVisits, toOffers } = await load("scoring.mjs");
const only = readOptional("--world");
const seed = readWhole("--seed", 1);
const others = readOptional("--others")?.split(",").map(Number) ?? null;
const answers = others === null ? [] : gatherAnswers(others);
for (const world of WORLDS) {
  if (only !== null && only !== world) continue;
  const shop = openShop(world, seed);
  const score = (name: string) => {
    const scored = runNode([
      join(worlds, "score-world.mjs"),
      shop.folder,
      shop.at(`${name}.json`),
      "--asked",
      String(LIST),
    ]);
    printLastLine(`${name} a month of own offers, world ${world}, seed ${seed}`, scored);
  };
  const judge = (name: string, ...more: string[]) => {
    shop.suggest(`${name}.json`, LIST, ...more);
    score(name);
  };
  judge("before");
  if (others === null) {
    shop.showForAMonth("before.json");
    judge("after", "--outcomes", shop.at("outcomes.json"));
    shop.suggest("longer.json", LONGER_LIST, "--outcomes", shop.at("outcomes.json"));
    shop.keepNew("longer.json", { shown: "before.json", out: "new after.json" });
    score("new after");
    continue;
  }
  const judgeBy = (name: string, from: typeof answers) => {
    writeFileSync(shop.at("others.json"), JSON.stringify(from.map(({ answer }) => answer)));
    judge(`by ${from.length} shops of ${name} worlds before`, "--others", shop.at("others.json"));
  };
  judgeBy("all", answers);
  judgeBy(
    "such",
    answers.filter((one) => one.world === world),
  );
}

/** The answers of the shops of these seeds after a month of offers, in every world. */
function gatherAnswers(seeds: readonly number[]): { world: string; answer: unknown }[] {
  return seeds.flatMap((other) =>
    WORLDS.flatMap((world) => {
      const shop = openShop(world, other);
      shop.suggest("first.json", LIST);
      shop.showForAMonth("first.json");
      shop.suggest("second.json", LIST, "--outcomes", shop.at("outcomes.json"));
      const { answer } = JSON.parse(readFileSync(shop.at("second.json"), "utf8")) as { answer?: unknown };
      return answer ? [{ world, answer }] : [];
    }),
  );
}

/** A shop whose shoppers are known, in a folder that is deleted with this process. */
function openShop(world: string, ofSeed: number) {
  const folder = mkdtempSync(join(tmpdir(), "bundlesmith-own-offers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  runNode([
    join(worlds!, "make-world.mjs"),
    ...["--world", world, "--seed", String(ofSeed), "--out", folder],
  ]);
  const truth = JSON.parse(readFileSync(at("truth.json"), "utf8")) as World;
  const views = existsSync(at("events.csv")) ? ["--events", at("events.csv")] : [];
  const files = ["--orders", at("orders.csv"), "--products", at("products.csv"), ...views];
  return {
    folder,
    at,
    suggest(out: string, top: number, ...more: string[]) {
      const asked = ["--as-of", truth.endAt, "--top", String(top), "--out", at(out)];
      const without = others === null ? [] : withoutParts(["behaviour", "trends"]);
      runNode([...without, "jobs/cli/suggest.ts", ...files, ...asked, ...more]);
    },
    /** The first bundles of a list whose products were not shown together. */
    keepNew(list: string, { shown, out }: { shown: string; out: string }) {
      const [all, before] = [list, shown].map((name) =>
        ShownList.parse(JSON.parse(readFileSync(at(name), "utf8"))),
      );
      const known = new Set(before!.bundles.map(toKey));
      const bundles = all!.bundles.filter((bundle) => !known.has(toKey(bundle))).slice(0, LIST);
      writeFileSync(at(out), JSON.stringify({ ...all, bundles }));
    },
    showForAMonth(list: string) {
      writeFileSync(at("outcomes.json"), JSON.stringify(countOutcomes(truth, at(list), ofSeed)));
    },
  };
}

/** Counts of visitors and sets, with each offer that can be shown today and without it. */
function countOutcomes(truth: World, bundlesPath: string, ofSeed: number) {
  const { bundles } = ShownList.parse(JSON.parse(readFileSync(bundlesPath, "utf8")));
  const visits = openVisits(dialect.model, truth, "score", Math.max(SEEN_VISITS, 32 * truth.products.length));
  const offers = toOffers(bundles, truth, visits.windows)
    .filter(({ windows }) => windows === undefined)
    .map((offer): PricedOffer => ({ ...offer, discount: Math.max(offer.discount, 1e-9), saving: 0 }));
  const offersOf = new Map<number, PricedOffer[]>();
  for (const offer of offers) {
    offer.saving = offer.discount * offer.items.reduce((sum, item) => sum + truth.products[item]!.price, 0);
    for (const item of offer.items) offersOf.set(item, [...(offersOf.get(item) ?? []), offer]);
  }
  const shopper = dialect.model.openShopper(truth);
  const random = seededRandom(ofSeed);
  return offers.flatMap((offer) => {
    const skus = offer.items.map((item) => truth.products[item]!.sku);
    const { expected } = bundles.find(
      ({ components }) => components.map(({ sku }) => sku).join() === skus.join(),
    )!;
    // Of three products each pair is counted, as in the shop.
    const parts = expected.pairsAnyway
      ? PAIRS_OF_THREE.map((pair, at) => ({ pair, ordersAnyway: expected.pairsAnyway![at]! }))
      : [{ pair: offer.items.map((_, place) => place), ordersAnyway: expected.ordersAnyway.value }];
    return parts.flatMap(({ pair, ordersAnyway }) =>
      countPart(
        offer,
        pair.map((place) => offer.items[place]!),
        ordersAnyway,
      ),
    );
  });

  function countPart(offer: PricedOffer, items: readonly number[], ordersAnyway: number) {
    const pages = items.filter((item) => offersOf.get(item)!.slice(0, OFFERS_ON_A_PAGE).includes(offer));
    let [visitors, offered, without] = [0, 0, 0];
    for (const page of pages) {
      const coming = visits.visitsIn[0]! * truth.spec.intent * visits.landingShare[page]!;
      const share = shareOfBuyers(items, page);
      visitors += coming;
      offered += coming * share.offered;
      without += coming * share.without;
    }
    if (visitors === 0) return [];
    const discountRatio = offer.discount < 1e-6 ? 0 : offer.discount;
    const counted = (part: number, sets: number) => ({
      visitors: part * visitors,
      sets: drawCount(random, part * sets),
    });
    return [
      {
        skus: items.map((item) => truth.products[item]!.sku),
        // The estimates of the list are for its own period.
        ordersAnyway,
        trials: [
          { discountRatio: null, ...counted(HELD_OUT, without) },
          { discountRatio, ...counted(1 - HELD_OUT, offered) },
        ],
      },
    ];
  }

  /** Share of a page's visitors who buy the items. The scorer reports margins only, so it is derived from a saving. */
  function shareOfBuyers(items: readonly number[], page: number) {
    const shown = offersOf.get(page)!.slice(0, OFFERS_ON_A_PAGE);
    // An offer with almost no saving that comes before all others.
    const unseen = { items, discount: 1e-9, saving: UNSEEN_SAVING };
    const added = (to: OffersOf) =>
      new Map([...to, ...items.map((item) => [item, [unseen, ...(to.get(item) ?? [])]] as const)]);
    const [withBoth, alone] = [added(offersOf), added(new Map())];
    let [offered, without] = [0, 0];
    for (let draw = 0; draw < DRAWN_VISITS; draw++) {
      const visit = shopper.draw(random, truth.products[page]!.mission, page, null);
      if (visit === null) continue;
      offered += shopper.judge(visit, shown, offersOf).margin - shopper.judge(visit, shown, withBoth).margin;
      without += shopper.judge(visit, [], new Map()).margin - shopper.judge(visit, [], alone).margin;
    }
    const ratioOf = (sum: number) => Math.max(0, sum / UNSEEN_SAVING / DRAWN_VISITS);
    return { offered: ratioOf(offered), without: ratioOf(without) };
  }
}

/** Draws a Poisson count; large ones as a rounded normal count. */
function drawCount(random: Random, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalDraw(random)));
  let count = 0;
  for (let left = random(); left > Math.exp(-mean); left *= random()) count++;
  return count;
}
