import * as keys from "./keys";
import { SCRATCH, inputGet, property, readString } from "./wasm-api";

/** What every message opens with, by Shopify's code of the shopper's language; all others read the first. */
const NAMES: StaticArray<string> = [
  "EN",
  "Bundle offer",
  "AR",
  "عرض مجمّع",
  "DA",
  "Sættilbud",
  "DE",
  "Set-Angebot",
  "ES",
  "Oferta de conjunto",
  "FR",
  "Offre groupée",
  "IT",
  "Offerta insieme",
  "JA",
  "セット割引",
  "KO",
  "세트 혜택",
  "NL",
  "Setaanbieding",
  "PL",
  "Oferta zestawu",
  "PT_BR",
  "Oferta de conjunto",
  "SV",
  "Paketerbjudande",
  "TR",
  "Set teklifi",
  "ZH_CN",
  "组合优惠",
];
const SEPARATOR = ": ";

/**
 * Writes the opening of a message to SCRATCH: an order names the message, and by its opening the app knows a discount
 * for its own (`BUNDLE_DISCOUNT_NAMES` of the app lists them all).
 *
 * @returns its bytes
 */
export function writeOpening(): u32 {
  const language = property(property(inputGet(), keys.LOCALIZATION), keys.LANGUAGE);
  const length = readString(property(language, keys.ISO_CODE));
  let name = NAMES[1];
  for (let i = 2; i < NAMES.length; i += 2) if (isRead(NAMES[i], length)) name = NAMES[i + 1];
  return writeUtf8(SEPARATOR, writeUtf8(name, 0));
}

/** Whether SCRATCH holds just this code. */
function isRead(code: string, length: u32): bool {
  if (<u32>code.length != length) return false;
  for (let i = 0; i < code.length; i++) if (load<u8>(SCRATCH + i) != code.charCodeAt(i)) return false;
  return true;
}

/** Writes text of the Basic Multilingual Plane so far behind the start of SCRATCH, and returns where it ends. */
function writeUtf8(text: string, start: u32): u32 {
  let at = SCRATCH + start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) store<u8>(at++, <u8>unit);
    else {
      if (unit < 0x800) store<u8>(at++, <u8>(0xc0 | (unit >> 6)));
      else {
        store<u8>(at++, <u8>(0xe0 | (unit >> 12)));
        store<u8>(at++, <u8>(0x80 | ((unit >> 6) & 0x3f)));
      }
      store<u8>(at++, <u8>(0x80 | (unit & 0x3f)));
    }
  }
  return <u32>(at - SCRATCH);
}
