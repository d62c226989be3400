import type { TFunction } from "i18next";
import { LISTED_KINDS } from "#app/domain/propose/proposal/bundle-proposal.ts";

const KINDS: readonly string[] = LISTED_KINDS;

/** A kind of bundle in the merchant's words. */
export function toKindName(kind: string, t: TFunction): string {
  return KINDS.includes(kind) ? t(`common:kind.${kind}`) : kind;
}

/** What the kind means, for a tooltip. */
export function toKindText(kind: string, t: TFunction): string {
  return KINDS.includes(kind) ? t(`common:kindText.${kind}`) : "";
}
