import { registerHooks } from "node:module";

/** A change of one source file of the app: the text that stands there once, and what replaces it. */
interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const SUGGEST = "jobs/cli/suggest.ts";
const PROPOSE = "app/domain/propose/propose-bundles.ts";
const LIFTS = "app/domain/propose/together/pair-lift.ts";
const FORECAST = "app/learning/demand/forecast-demand.ts";
const TRAIN = "app/learning/completion/train-behaviour.ts";
const CHOOSE = "app/learning/completion/choose-for-task.ts";
const SOURCES = "app/learning/completion/fit-feature-sources.ts";
const FEATURES = "app/domain/behaviour/features/candidate-features.ts";

const NO_LINKS =
  "{ offsets: new Uint32Array(baskets.items.length + 1), partner: new Int32Array(), weight: new Float32Array() }";

/** Adds to the sources of the features, or replaces some. */
function source(to: string): Change {
  return { file: SOURCES, from: "    backward: turnLinks(fitted),\n", to: `    ${to},\n` };
}

/** Sets the features with these beginnings of their names to 0. */
function hide(...names: readonly string[]): Change {
  const from = "      return features;\n";
  const at = `Object.entries(AT).flatMap(([name, at]) => ${JSON.stringify(names)}.some((start) => name.startsWith(start)) ? [at] : [])`;
  const to = `      for (const at of ${at}) for (let row = 0; row < features.length; row += width) features[row + at] = 0;\n`;
  return { file: FEATURES, from, to: to + from };
}

/** Takes a simple method out of the choice. */
function method(name: string): Change {
  const from = "listSimpleNames(fitted)";
  return { file: CHOOSE, from, to: `${from}.filter((name) => name !== ${JSON.stringify(name)})` };
}

function seasonal(name: string): Change {
  const from = "listDemandCandidates(levelsAt, trust)";
  return { file: FORECAST, from, to: `${from}.filter(({ name }) => name !== ${JSON.stringify(name)})` };
}

const KEPT = "backward: turnLinks(fitted)";

/** The parts of the app that a benchmark can do without: steps, methods and sources. */
export const PARTS: Readonly<Record<string, readonly Change[]>> = {
  behaviour: [
    {
      file: TRAIN,
      from: "  const startedMs = performance.now();\n",
      to: "  return { neighbours: { partner: new Int32Array(), strength: new Float32Array(), count: 0 }, candidates: [] };\n",
    },
  ],
  "second window": [{ file: TRAIN, from: "planOtherWindows(past, windowFrom)", to: "[]" }],
  "relu network": [
    { file: CHOOSE, from: "eligible.length >= MIN_NETWORK_PRODUCTS &&", to: "eligible.length < 0 &&" },
  ],
  rp3beta: [method("rp3beta"), source(`${KEPT}, pairs: { ...fitted.pairs, walk: ${NO_LINKS} }`)],
  confidence: [
    method("confidence"),
    source(
      `backward: { ...turnLinks(fitted), confidence: ${NO_LINKS}, cosine: ${NO_LINKS} }, ` +
        `pairs: { ...fitted.pairs, confidence: ${NO_LINKS} }`,
    ),
  ],
  ease: [
    method("ease"),
    source(
      `backward: { ...turnLinks(fitted), easeTail: ${NO_LINKS} }, easeLinks: ${NO_LINKS}, ` +
        "ease: { ...fitted.ease, items: new Int32Array(), " +
        `rowOf: new Int32Array(baskets.items.length).fill(-1), tail: ${NO_LINKS} }`,
    ),
  ],
  text: [method("text"), source(`${KEPT}, text: ${NO_LINKS}`)],
  "basket neighbours": [
    method("basket neighbours"),
    {
      file: SOURCES,
      from: "    addNeighbours: openBasketNeighbours(",
      to: "    addNeighbours: ((..._given) => () => {})(",
    },
  ],
  "customer history": [
    method("customer history"),
    hide("history", "bought", "has_history", "repeat", "habit"),
  ],
  repeats: [hide("repeat", "habit")],
  backward: [hide("ease_back", "confidence_back", "cosine", "company")],
  "basket features": [hide("basket_ease", "basket_text", "basket_sales", "basket_age", "basket_idle")],
  codes: [hide("code_gap", "history_code_gap")],
  season: [
    { file: FORECAST, from: "fitSeasonTrust(series, levelsAt, horizonDays)", to: "0" },
    hide("season"),
  ],
  trends: [{ file: SUGGEST, from: "  const { forecasts } = demand;\n", to: "  const forecasts = [];\n" }],
  prices: [{ file: FORECAST, from: "= learnPrices(", to: "= ((..._given) => null)(" }],
  "linear map": [
    {
      file: FORECAST,
      from: "const early = await fitLinearTrend(",
      to: "const early = ((..._given) => null)(",
    },
  ],
  challengers: [
    { file: FORECAST, from: "return { incumbent, challengers,", to: "return { incumbent, challengers: []," },
  ],
  "smoothing × season": [seasonal("smoothing × season")],
  "market share × season": [seasonal("market share × season")],
  "lift regression": [
    {
      file: LIFTS,
      from: "  const { occurrences, chance, items, viewedPairs } = counted;\n",
      to: "  return COUNTED_LIFTS;\n",
    },
  ],
  "like names": [{ file: PROPOSE, from: "countLikeNamed(surveyed, related)", to: "new Map()" }],
  "sets of three": [{ file: PROPOSE, from: "joinPairs(candidates)", to: "[]" }],
  "co-views": [{ file: SUGGEST, from: "views ? countCoViews(", to: "false ? countCoViews(" }],
};

/**
 * The text of a source file without some parts.
 *
 * @param file path from the root of the repository
 * @throws RangeError for an unknown part, and where the text of a change no longer stands in its file exactly once
 */
export function leaveOut(text: string, file: string, parts: readonly string[]): string {
  return parts
    .flatMap((part) => {
      const changes = PARTS[part];
      if (!changes) throw new RangeError(`no part "${part}"; known: ${Object.keys(PARTS).join(", ")}`);
      return changes.filter((change) => change.file === file);
    })
    .reduce((left, { from, to }) => {
      const pieces = left.split(from);
      if (pieces.length !== 2) throw new RangeError(`${file} has ${pieces.length - 1} times: ${from}`);
      return pieces.join(to);
    }, text);
}

/** The arguments of `node` for a program that does without some parts. */
export function withoutParts(parts: readonly string[]): string[] {
  const self = new URL(import.meta.url);
  self.search = String(new URLSearchParams(parts.map((part) => ["part", part])));
  return parts.length > 0 ? ["--import", self.href] : [];
}

/** As a preload, changes the files while they are loaded. */
const own = new URL(import.meta.url).searchParams.getAll("part");
if (own.length > 0) {
  const root = new URL("../../../", import.meta.url).href;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.startsWith(root) || !loaded.source) return loaded;
      const text =
        typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: leaveOut(text, url.slice(root.length), own) };
    },
  });
}
