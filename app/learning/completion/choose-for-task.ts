import {
  fitCalibration,
  measureCalibration,
  type Calibration,
  type CalibrationErrors,
} from "#app/domain/behaviour/choice/calibration.ts";
import type { CandidateMetrics, CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import {
  forecastTop,
  measureRanking,
  measureRankings,
  rankCases,
  type RankingMeasure,
  chooseMeasured,
  askEveryWay,
  type CompletionCase,
} from "#app/domain/behaviour/choice/rank-items.ts";
import { isUndated, type Baskets } from "#app/domain/prepare/baskets.ts";
import {
  openNetworkModel,
  openSimpleModels,
  listSimpleNames,
  type SimpleName,
} from "./behaviour-candidates.ts";
import { joinExamples, type PurchaseExamples } from "#app/learning/networks/gather-examples.ts";
import {
  trainPurchaseNetwork,
  type NetworkSettings,
  type TrainingRun,
  FEW,
  TRAINING_SETTINGS,
  type EnsembleSettings,
} from "#app/learning/networks/purchase-network.ts";
import { drawWindowCases, gatherCases, type WindowExamples } from "./other-windows.ts";
import { pause } from "#app/learning/pause.ts";

/** Split of the window in order of time: training up to `train`, early stopping up to `stop`, then the choice. */
const PARTS = {
  dated: { train: 0.72, stop: 0.84 },
  // Training uses the other orders, and a choice on a few dozen baskets would be luck.
  undated: { train: 0, stop: 0.35 },
};
/** Below this many cases a network is noise. */
const MIN_NETWORK_CASES = 300;
/** With only two products there is no alternative to choose. */
const MIN_NETWORK_PRODUCTS = 3;
const MAX_CHOICE_CASES = 700;
/** Each is asked in up to three ways. */
const MAX_STOPPING_CASES = 350;

/** Used unless another method is clearly better on the later orders. */
const DEFAULT_CHOICE: Readonly<Record<CompletionTask, SimpleName>> = { cart: "ease", product: "rp3beta" };

/** The choice for one task, and the results of all candidates. */
export interface TaskChoice {
  readonly name: SimpleName | "relu network";
  /** Members of the network; empty with too few cases to train on. */
  readonly networks: readonly NetworkWeights[];
  readonly calibration: Calibration;
  readonly candidates: readonly CandidateMetrics[];
}

/** The orders that the choice is made on. */
interface ChoiceWindow {
  readonly past: Baskets;
  /** First basket of the window, which extends to the end of `past`. */
  readonly from: number;
  /** Fitted on the baskets before the window. */
  readonly fitted: FeatureSources;
  /** Training examples of the other windows, for all tasks; awaited when needed. */
  readonly others: () => Promise<readonly WindowExamples[]>;
  /** Items that can be recommended. */
  readonly eligible: readonly number[];
}

/** Trains networks in parallel to this thread. */
export interface MemberTrainer {
  /** Like `trainPurchaseNetwork`, without progress or checkpoints. */
  train(
    examples: PurchaseExamples,
    heldOut: PurchaseExamples,
    settings: NetworkSettings,
    run: Pick<TrainingRun, "seed" | "memoryBytes" | "signal">,
  ): Promise<NetworkWeights>;
}

interface ChoiceRun extends Pick<TrainingRun, "seed" | "onLosses" | "checkpoints" | "memoryBytes"> {
  readonly onRatio: (ratio: number) => void;
  /** Called after the networks are trained, when the worker thread is free again. */
  readonly onTrained?: (() => void) | undefined;
  readonly signal?: AbortSignal;
  readonly workerThread?: MemberTrainer | undefined;
}

/**
 * Trains networks on the first part of the window and on the other windows, and chooses between them and the simple
 * methods on the last part, which also calibrates the network's probabilities.
 *
 * @throws DOMException AbortError when the signal is aborted; all tensors are disposed
 */
export async function chooseForTask(
  task: CompletionTask,
  window: ChoiceWindow,
  run: ChoiceRun,
): Promise<TaskChoice> {
  const { fitted, eligible } = window;
  const { onRatio } = run;
  const draw = openDrawing(task, window, run.seed);
  const universe = { eligible, items: fitted.items.length, pause: () => pause(run.signal) };
  const kind = isUndated(window.past) ? "undated" : "dated";
  const parts = PARTS[kind];
  const { places, mostCases, manyCases, many } = TRAINING_SETTINGS[kind === "dated" ? task : kind];
  const trainCases = draw(0, parts.train, mostCases, 1);
  const learnOthers = async () => {
    const others = (await window.others()).filter((one) => one.task === task);
    return { others, count: others.reduce((sum, { cases }) => sum + cases, trainCases.length) };
  };
  // In a dated log, a window with few cases also leaves too few for the choice.
  const hasNetwork =
    eligible.length >= MIN_NETWORK_PRODUCTS &&
    (kind === "dated" ? trainCases.length : (await learnOthers()).count) >= MIN_NETWORK_CASES;
  // Without a network, all cases serve the choice.
  const choiceCases = draw(hasNetwork ? parts.stop : 0, 1, MAX_CHOICE_CASES, 3);
  const simpleNames = listSimpleNames(fitted);
  const simple = await measureRankings(openSimpleModels(simpleNames, fitted), choiceCases, universe);
  const measured: Measured[] = simpleNames.map((name, at) => ({ name, ...simple[at]!, fitMs: 0 }));
  onRatio(0.2);

  const gather = (cases: readonly CompletionCase[]) =>
    gatherCases(askEveryWay(cases), window, { places, seed: run.seed + 99 });
  let networks: NetworkWeights[] = [];
  let calibration = fitCalibration([]);
  if (hasNetwork) {
    const startedMs = performance.now();
    const ownExamples = gather(trainCases);
    const stopping = gather(draw(parts.train, parts.stop, MAX_STOPPING_CASES, 2));
    onRatio(0.4);
    const { others, count } = await learnOthers();
    const examples = joinExamples([ownExamples, ...others.map((other) => other.examples)]);
    networks = await trainMembers(count >= manyCases ? many : FEW, examples, stopping, {
      ...run,
      onRatio: (ratio) => onRatio(0.4 + 0.5 * ratio),
    });
    run.onTrained?.();
    const model = openNetworkModel(networks, fitted, eligible);
    const [ranked] = await rankCases([model], choiceCases, universe);
    const forecasts = forecastTop(ranked!, choiceCases);
    calibration = fitCalibration(forecasts.flat());
    const fitMs = Math.round(performance.now() - startedMs);
    measured.push({
      name: "relu network",
      ...measureRanking(ranked!, choiceCases),
      fitMs,
      calibrationErrors: measureCalibration(forecasts),
    });
  }
  const name = choose(measured, task);
  return {
    name,
    networks,
    calibration,
    candidates: measured.map((candidate) =>
      toMetrics(candidate, task, { isChosen: candidate.name === name, isMeasured: choiceCases.length > 0 }),
    ),
  };
}

type Measured = RankingMeasure & {
  readonly name: TaskChoice["name"];
  readonly fitMs: number;
  readonly calibrationErrors?: CalibrationErrors;
};

function choose(measured: readonly Measured[], task: CompletionTask): TaskChoice["name"] {
  const usual = measured.find(({ name }) => name === DEFAULT_CHOICE[task]) ?? measured[0]!;
  return chooseMeasured(measured, usual, ({ gains }) => gains).name;
}

function toMetrics(
  { name, hr10, ndcg10, fitMs, calibrationErrors }: Measured,
  task: CompletionTask,
  { isChosen, isMeasured }: { readonly isChosen: boolean; readonly isMeasured: boolean },
): CandidateMetrics {
  return {
    name: `${name} (${task})`,
    task,
    fitMs,
    isChosen,
    ...(isMeasured ? { hr10, ndcg10 } : {}),
    ...(isMeasured && calibrationErrors
      ? { calibrationError: calibrationErrors.calibrated, rawCalibrationError: calibrationErrors.raw }
      : {}),
  };
}

/**
 * Trains the members from different seeds, on this thread and on the worker thread as each becomes free. The thread
 * does not affect the result.
 */
async function trainMembers(
  { members, settings }: EnsembleSettings,
  examples: PurchaseExamples,
  stopping: PurchaseExamples,
  { seed, onRatio, onLosses, workerThread, ...run }: ChoiceRun,
): Promise<NetworkWeights[]> {
  const { signal, memoryBytes } = run;
  const weights: NetworkWeights[] = [];
  let begun = 0;
  let ended = 0;
  const takeTurns = async (trainMember: (member: number) => Promise<NetworkWeights>) => {
    while (begun < members) {
      const member = begun++;
      weights[member] = await trainMember(member);
      onRatio(++ended / members);
    }
  };
  const seedOf = (member: number) => seed + MEMBER_SALT * member;
  const here = takeTurns((member) =>
    trainPurchaseNetwork(examples, stopping, settings, {
      ...run,
      seed: seedOf(member),
      onProgress: (ratio) => onRatio((ended + ratio) / members),
      ...(member === 0 ? { onLosses } : {}),
    }),
  );
  const elsewhere = workerThread
    ? takeTurns((member) =>
        workerThread.train(examples, stopping, settings, { seed: seedOf(member), memoryBytes, signal }),
      )
    : null;
  // Waits for both, so that neither keeps running after the other failed.
  for (const turn of await Promise.allSettled([here, elsewhere])) {
    if (turn.status === "rejected") throw turn.reason;
  }
  return weights;
}

/** Far from the salts of the draws. */
const MEMBER_SALT = 1_000;

/** Draws cases from a part of the window, given as shares of its baskets. */
function openDrawing(task: CompletionTask, { past, from, eligible }: ChoiceWindow, seed: number) {
  const at = (part: number) => from + Math.floor(part * (past.placedAtMs.length - from));
  return (fromPart: number, toPart: number, most: number, salt: number) =>
    drawWindowCases(
      { from: at(fromPart), to: at(toPart), eligible },
      { task, past, most, seed: seed + salt },
    );
}
