import type { Translate } from "#app/locales/translate.ts";

/** A kind of bundle in the merchant's words. */
export function toKindName(kind: string, t: Translate): string {
  return t(`common:kind.${kind}`, { defaultValue: kind });
}
