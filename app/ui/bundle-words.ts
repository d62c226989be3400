import type { TFunction } from "i18next";

/** A kind of bundle in the merchant's words. */
export function toKindName(kind: string, t: TFunction): string {
  return t(`common:kind.${kind}`, { defaultValue: kind });
}
