import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { provesBrokenDraw } from "./sample-ratio.ts";
import type { UpliftMessage } from "./uplift-messages.ts";
import type { Uplift } from "./uplift.ts";

/** Inputs of a verdict; a period that has ended has `visitorsMissing` null. */
type Judged = Pick<Uplift, "isEnough" | "visitors" | "visitorsMissing" | "sampleRatioPValue"> & {
  readonly perVisitorMinor: Estimate;
};

export function explainUplift(judged: Judged): UpliftMessage {
  const { isEnough, visitors, visitorsMissing, perVisitorMinor, sampleRatioPValue } = judged;
  if (visitors.treated + visitors.holdout === 0) return { code: "uplift.nobody", values: {} };
  if (provesBrokenDraw(sampleRatioPValue)) return { code: "uplift.broken", values: {} };
  if (visitors.holdout === 0) return { code: "uplift.noHoldout", values: {} };
  if (!isEnough) {
    return visitorsMissing === null
      ? { code: "uplift.thin", values: {} }
      : { code: "uplift.notEnough", values: { visitors: visitorsMissing } };
  }
  if (perVisitorMinor.low > 0) return { code: "uplift.more", values: {} };
  return { code: perVisitorMinor.high < 0 ? "uplift.less" : "uplift.same", values: {} };
}
