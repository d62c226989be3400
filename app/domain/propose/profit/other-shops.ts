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
 * All data that a shop shares with the other shops of an installation: the likelihood of its offers' outcomes for each
 * kind of shoppers and each factor, in twentieths of the maximum, kind by kind. It holds no count, product or name.
 */
export const ShopAnswer = z
  .array(z.number().int().min(0).max(STEPS))
  .length(SHOPPER_KINDS.length * TIMES.length)
  .readonly();
export type ShopAnswer = z.infer<typeof ShopAnswer>;

/** With fewer compared offers a shop shares nothing, so that the answer describes the shop and not one offer. */
const LEAST_OFFERS = 5;
/** Nothing is learned from fewer other shops, so that no single one can be inferred. */
export const LEAST_SHOPS = 5;
/** Weight of the prior, in shops: one other shop moves the whole by at most an eighth. A guess. */
const PRIOR_SHOPS = 3;
/** Rounds of the fit. Early stopping keeps it from overfitting the few shops. */
const ROUNDS = 20;

/** @returns null for too few offers */
export function toAnswer(observed: { readonly likelihood: ShopperBelief; readonly offers: number }) {
  if (observed.offers < LEAST_OFFERS) return null;
  return observed.likelihood.flat().map((value) => Math.round(STEPS * value));
}

/**
 * Belief about a shop before its own offers, from the other shops' observations: a mixture of the prior and of each
 * other shop's posterior under the mixture itself, smoothed by the spread between similar shops. All shops weigh the
 * same.
 *
 * @param answers of the other shops only
 * @returns null for fewer than `LEAST_SHOPS`
 * @see Efron 2014, Two modeling strategies for empirical Bayes estimation (a prior fitted on a grid); Silverman, Jones,
 *   Wilson and Nychka 1990, A smoothed EM approach; Blackwell and MacQueen 1973, for a prior that weighs as n shops
 * Known weakness: several shops of one owner count as much as several owners.
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
