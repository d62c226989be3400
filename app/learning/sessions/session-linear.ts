import { matMul, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { countSessions, type Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import type { SessionWeights } from "#app/domain/behaviour/sessions/session-model.ts";
import { invertSpd } from "#app/learning/ease/invert-spd.ts";
import { pause } from "#app/learning/pause.ts";

interface LinearSettings {
  /** λ as a share of the sessions, added to the diagonal. */
  readonly doubtRatio: number;
  /** Weight of a session taken as a set; the rest is of its past told to its future. */
  readonly setRatio: number;
  /** Views after which a view weighs 1/e, in the past and in the future. */
  readonly viewScale: number;
  /** Items in fewer views have no weights. */
  readonly minViews: number;
  /** Time grows with its cube, memory with its square (12 bytes a pair): 4,000 items take 192 MB. */
  readonly maxItems: number;
}

/** Chosen on validation sessions of a European retailer. */
export const LINEAR_DEFAULTS: LinearSettings = {
  doubtRatio: 0.03,
  setRatio: 0.8,
  viewScale: 1,
  minViews: 2,
  maxItems: 4_000,
};

/** A session's views weigh nothing farther than this from the view between past and future. */
const REACH = 12;

/**
 * Session-aware linear model in closed form: the map B that loses least when a session is told from itself and its
 * future from its past, `B = (a·XᵀX + (1−a)·SᵀS + λI)⁻¹ (a·XᵀX + (1−a)·SᵀT)`. X are the sessions as sets; S and T
 * hold for each view the views until and after it, each weighing e^(−distance).
 *
 * @throws DOMException AbortError when aborted; no tensor stays behind
 * @see Choi et al. 2021, "Session-aware Linear Item-Item Models" (SLIST); here without their zero diagonal, which
 *   would leave views back to chance
 */
export async function fitSessionLinear(
  sessions: Sessions,
  settings: LinearSettings = LINEAR_DEFAULTS,
  run: { onProgress?: (ratio: number) => void; signal?: AbortSignal } = {},
): Promise<SessionWeights> {
  const { items, rowOf } = pickItems(sessions, settings);
  const n = items.length;
  if (n === 0) return { items, rowOf, weights: new Float32Array(0) };
  const { gram, target } = sumProducts(sessions, rowOf, n, settings);
  const doubt = Math.max(1, settings.doubtRatio * countSessions(sessions));
  for (let row = 0; row < n; row++) gram[row * n + row]! += doubt;
  await invertSpd(gram, n, run);
  return { items, rowOf, weights: await multiply(gram, target, n, run.signal) };
}

function pickItems({ items, offsets, item }: Sessions, { minViews, maxItems }: LinearSettings) {
  const views = new Uint32Array(items);
  for (let at = offsets[0]!; at < offsets.at(-1)!; at++) views[item[at]!]!++;
  const known = [...views.keys()].filter((one) => views[one]! >= minViews);
  if (known.length > maxItems) known.sort((a, b) => views[b]! - views[a]! || a - b).length = maxItems;
  const picked = Int32Array.from(known).sort();
  const rowOf = new Int32Array(items).fill(-1);
  picked.forEach((one, row) => (rowOf[one] = row));
  return { items: picked, rowOf };
}

/** `a·XᵀX + (1−a)·SᵀS` and `a·XᵀX + (1−a)·SᵀT`. */
function sumProducts(
  { offsets, item }: Sessions,
  rowOf: Int32Array,
  n: number,
  { setRatio, viewScale }: LinearSettings,
): { gram: Float32Array; target: Float32Array } {
  const gram = new Float32Array(n * n);
  const target = new Float32Array(n * n);
  const add = (into: Float32Array, a: [number, number][], b: [number, number][], factor: number) => {
    for (const [row, x] of a) for (const [column, y] of b) into[row * n + column]! += factor * x * y;
  };
  /** Rows of the views from `from` on, stepping away until `to`; each by its closest view. */
  const weigh = (from: number, to: number, step: 1 | -1) => {
    const weights = new Map<number, number>();
    for (let at = from, away = 0; at !== to && away < REACH; at += step, away++) {
      const row = rowOf[item[at]!]!;
      if (row >= 0 && !weights.has(row)) weights.set(row, Math.exp(-away / viewScale));
    }
    return [...weights];
  };
  for (let session = 0; session < offsets.length - 1; session++) {
    const [from, to] = [offsets[session]!, offsets[session + 1]!];
    const distinct = new Set(Array.from(item.subarray(from, to), (one) => rowOf[one]!));
    const set = [...distinct].flatMap((row): [number, number][] => (row >= 0 ? [[row, 1]] : []));
    add(gram, set, set, setRatio);
    add(target, set, set, setRatio);
    for (let at = from; at < to - 1; at++) {
      const past = weigh(at, from - 1, -1);
      add(gram, past, past, 1 - setRatio);
      add(target, past, weigh(at + 1, to, 1), 1 - setRatio);
    }
  }
  return { gram, target };
}

/** Rows multiplied at once: bounds what one operation takes. */
const BLOCK = 512;

/** left · right, both [n × n]; the product is written over `left`. */
async function multiply(left: Float32Array, right: Float32Array, n: number, signal?: AbortSignal) {
  const b = tensor2d(right, [n, n]);
  try {
    for (let row = 0; row < n; row += BLOCK) {
      await pause(signal);
      const rows = Math.min(BLOCK, n - row);
      const part = left.subarray(row * n, (row + rows) * n);
      // The product leaves `tidy` as a tensor: of an array, `tidy` walks every entry in search of tensors.
      const product = tidy(() => matMul(tensor2d(part.slice(), [rows, n]), b));
      part.set(await product.data());
      product.dispose();
    }
  } finally {
    b.dispose();
  }
  return left;
}
