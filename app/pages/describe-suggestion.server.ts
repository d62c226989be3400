import type { Words } from "#app/locales/words.server.ts";
import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import { surenessOf, type Sureness } from "#app/domain/propose/evidence/sureness.ts";
import {
  type Evidence,
  ExpectedEffect,
  readEvidence,
  ReplayResult,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { type CurrentTerms, expectAt } from "#app/domain/publish/expect-now.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeBriefly, type Writing } from "#app/locales/write-message.server.ts";

/** Of a year in twelve parts; what is expected is stated for 28 days. */
const DAYS_A_MONTH = 365.25 / 12;
const EXPECTED_DAYS = 28;

/**
 * What an offer should earn in a month in round figures ("about £40 a month"), and how sure that is; null when the row
 * holds no expectation.
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

/** What `expectAt` tells of a set on other terms, and what these would have brought on the orders of its test. */
export function describeRepriced(
  bundle: Pick<BundleRow, "expected" | "evidence" | "components" | "validation" | "currency">,
  current: CurrentTerms,
  { format, words }: Writing,
) {
  const expected = expectAt(bundle, current);
  if (!expected) return null;
  const tested = ReplayResult.safeParse(bundle.validation).data?.marginChangeMinor.value;
  const proposedMinor = ExpectedEffect.parse(bundle.expected).extraMarginMinor.value;
  return {
    gain: describeGain({ ...bundle, expected }, format, words),
    replay:
      tested === undefined || proposedMinor <= 0
        ? null
        : words.t("server:replay.edited", {
            profit: format.roughMoney((tested * expected.extraMarginMinor.value) / proposedMinor),
          }),
  };
}

/** Why a bundle was proposed, in one sentence: what the orders say, else what comes first. */
export function describeReason(evidence: readonly Evidence[], writing: Writing): string {
  const reason = evidence.find(({ kind }) => kind === "orders") ?? evidence[0];
  return reason ? writeBriefly(reason, writing) : "";
}
