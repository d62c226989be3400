import { z } from "zod";
import { SHOPPER_KINDS } from "./shopper-kinds.ts";
import {
  meanAmongOffers,
  PRIOR_BELIEF,
  TIMES,
  toShares,
  updateBelief,
  type ShopperBelief,
} from "./shopper-belief.ts";

const STEPS = 20;
/**
 * All that a shop tells the others of one installation: how likely each kind of shoppers and each factor makes what it saw
 * of its offers, in twentieths of the likeliest, kind after kind. It holds no count, no product and no name.
 */
export const ShopAnswer = z
  .array(z.number().int().min(0).max(STEPS))
  .length(SHOPPER_KINDS.length * TIMES.length)
  .readonly();
export type ShopAnswer = z.infer<typeof ShopAnswer>;

/** A shop of fewer compared offers tells nothing: what is told is to be of the shop, and not of one offer. */
const LEAST_OFFERS = 5;
/** From fewer others nothing is learned, so that no one of them can be told from what is. */
export const LEAST_SHOPS = 5;
/** The prior weighs as so many shops: one other moves the whole by at most an eighth. A guess. */
const PRIOR_SHOPS = 3;
/** Rounds of the fit: it is stopped before it follows the few shops that there are into every corner. */
const ROUNDS = 20;

/** @returns null of too few offers */
export function toAnswer(observed: { readonly likelihood: ShopperBelief; readonly offers: number }) {
  if (observed.offers < LEAST_OFFERS) return null;
  return observed.likelihood.flat().map((value) => Math.round(STEPS * value));
}

/**
 * What is believed of a shop before its own offers speak, from what others observed: a mixture of the prior and of each
 * other shop's posterior under the mixture itself, smoothed by how far shops of one kind are apart. No shop weighs more than
 * another, however much it sells.
 *
 * @param answers of the other shops alone
 * @returns null of fewer than `LEAST_SHOPS`
 * @see Efron 2014, Two modeling strategies for empirical Bayes estimation (a prior fitted on a grid); Silverman, Jones, Wilson
 *   and Nychka 1990, A smoothed EM approach; Blackwell and MacQueen 1973, for a prior that weighs as so many shops
 * Known weakness: several shops of one owner speak as often as several owners.
 */
export function believeOthers(answers: readonly ShopAnswer[]): ShopperBelief | null {
  if (answers.length < LEAST_SHOPS) return null;
  const likelihoods = answers.map((answer) =>
    SHOPPER_KINDS.map((_, kind) => answer.slice(kind * TIMES.length, (kind + 1) * TIMES.length)),
  );
  const all = PRIOR_SHOPS + answers.length;
  let belief = PRIOR_BELIEF;
  for (let round = 0; round < ROUNDS; round++) {
    const posteriors = likelihoods.map((likelihood) =>
      toShares(updateBelief(belief, likelihood).map((own) => meanAmongOffers(own))),
    );
    belief = PRIOR_BELIEF.map((own, kind) =>
      own.map(
        (prior, at) =>
          (PRIOR_SHOPS * prior + posteriors.reduce((sum, posterior) => sum + posterior[kind]![at]!, 0)) / all,
      ),
    );
  }
  return belief;
}
