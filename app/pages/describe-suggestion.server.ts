import type { Words } from "#app/locales/words.server.ts";
import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import { surenessOf, type Sureness } from "#app/domain/propose/evidence/sureness.ts";
import { type Evidence, ExpectedEffect, readEvidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeBriefly, type Writing } from "#app/locales/write-message.server.ts";

/** A twelfth of a year. Expectations are for 28 days. */
const DAYS_A_MONTH = 365.25 / 12;
const EXPECTED_DAYS = 28;

/**
 * The expected monthly profit of an offer in round figures ("about £40 a month"), and how sure it is; null if the row
 * has no expectation.
 */
export function describeGain(
  { expected, evidence, currency }: Pick<BundleRow, "expected" | "evidence" | "currency">,
  format: ShopFormat,
  { t }: Words,
): { text: string; sureness: Sureness } | null {
  const { data } = ExpectedEffect.safeParse(expected);
  if (!data) return null;
  const { extraMarginMinor } = data;
  const unit = 10 ** minorDigits(currency);
  const amountMinor = (extraMarginMinor.value * DAYS_A_MONTH) / EXPECTED_DAYS;
  const amount = format.aboutMoney(Math.max(unit, Math.abs(amountMinor)));
  const span = amountMinor <= -unit ? "aMonthLost" : amountMinor < unit ? "aMonthLess" : "aMonth";
  const isToTry = readEvidence(evidence).some(({ code }) => code === "toTry");
  return {
    text: t(`server:${span}`, { amount }),
    sureness: surenessOf(extraMarginMinor, { isToTry }),
  };
}

/** Why a bundle was proposed, in one sentence: the evidence from orders, or else the first evidence. */
export function describeReason(evidence: readonly Evidence[], writing: Writing): string {
  const reason = evidence.find(({ kind }) => kind === "orders") ?? evidence[0];
  return reason ? writeBriefly(reason, writing) : "";
}
