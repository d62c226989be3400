import * as keys from "./keys";
import { Offer } from "./offer";
import { SCRATCH, Value, copyString, property } from "./wasm-api";

/**
 * By Shopify's language code: the prefix of every message, and the message for refused codes. English is the default.
 */
const NAMES: StaticArray<string> = [
  "EN", "Bundle offer", "Codes cannot be added to this offer",
  "AR", "عرض مجمّع", "لا يمكن إضافة رموز إلى هذا العرض",
  "DA", "Sættilbud", "Koder kan ikke bruges med dette tilbud",
  "DE", "Set-Angebot", "Codes gelten nicht zusammen mit diesem Angebot",
  "ES", "Oferta de conjunto", "Los códigos no se suman a esta oferta",
  "FR", "Offre groupée", "Les codes ne s’ajoutent pas à cette offre",
  "IT", "Offerta insieme", "I codici non si aggiungono a questa offerta",
  "JA", "セット割引", "このセット割引にコードは併用できません",
  "KO", "세트 혜택", "이 혜택에는 코드를 함께 쓸 수 없습니다",
  "NL", "Setaanbieding", "Codes gelden niet samen met deze aanbieding",
  "PL", "Oferta zestawu", "Kody nie łączą się z tą ofertą",
  "PT_BR", "Oferta de conjunto", "Os códigos não se somam a esta oferta",
  "SV", "Paketerbjudande", "Koder gäller inte med detta erbjudande",
  "TR", "Set teklifi", "Kodlar bu teklifle birlikte kullanılamaz",
  "ZH_CN", "组合优惠", "此优惠不可与折扣码同时使用",
]; // prettier-ignore
const SEPARATOR = ": ";
/** Three bytes per letter of a title, with escapes, and some reserve. */
const MAX_TITLE_BYTES: usize = 480;
const CARET: u32 = 0x5e;
const PERCENT: u32 = 0x25;
const DASH: u32 = 0x2d;
const UNDERSCORE: u32 = 0x5f;

/** The prefix of every message: its address and length in bytes. */
const OPENING: usize = memory.data(64);
let openingBytes: u32 = 0;
/** Shopify's code of the shopper's language. */
const LANGUAGE: usize = memory.data(16);
let languageBytes: u32 = 0;
/** Its index in NAMES. */
let language: i32 = 0;

/**
 * Reads the shopper's language and its message prefix. An order carries the message, and the app recognises its own
 * discounts by the prefix (`BUNDLE_DISCOUNT_NAMES` lists them all).
 */
export function readLanguage(localization: Value): void {
  languageBytes = copyString(property(property(localization, keys.LANGUAGE), keys.ISO_CODE), LANGUAGE, 16);
  for (let i = 3; i < NAMES.length; i += 3) if (isShoppers(NAMES[i])) language = i;
  openingBytes = <u32>(writeUtf8(SEPARATOR, writeUtf8(NAMES[language + 1], OPENING)) - OPENING);
}

/** Writes the message for refused codes to SCRATCH and returns its length in bytes. */
export function writeRejection(): u32 {
  return <u32>(writeUtf8(NAMES[language + 2], SCRATCH) - SCRATCH);
}

/** Whether the code is exactly that of the shopper's language. */
function isShoppers(code: string): bool {
  if (<u32>code.length != languageBytes) return false;
  for (let i = 0; i < code.length; i++) if (load<u8>(LANGUAGE + i) != code.charCodeAt(i)) return false;
  return true;
}

/** Whether a title's language, "pt-BR", is the shopper's, "PT_BR". */
function isOfLanguage(from: usize, to: usize): bool {
  if (to - from != languageBytes) return false;
  for (let i: u32 = 0; i < languageBytes; i++) {
    const byte = <u32>load<u8>(from + i);
    const letter = byte - 0x61 < 26 ? byte - 0x20 : byte == DASH ? UNDERSCORE : byte;
    if (letter != <u32>load<u8>(LANGUAGE + i)) return false;
  }
  return true;
}

/**
 * Writes the message of an offer to SCRATCH: the prefix, and the title in the shopper's language if it has one.
 *
 * @returns its length in bytes, or 0 if the title is too long
 */
export function writeMessage(offer: Offer): u32 {
  let from = offer.titles;
  let to = nextCaret(from, offer.titlesEnd);
  for (let at = to; at < offer.titlesEnd;) {
    const languageEnd = nextCaret(at + 1, offer.titlesEnd);
    const titleEnd = nextCaret(languageEnd + 1, offer.titlesEnd);
    if (titleEnd > languageEnd + 1 && isOfLanguage(at + 1, languageEnd)) {
      from = languageEnd + 1;
      to = titleEnd;
    }
    at = titleEnd;
  }
  if (to - from > MAX_TITLE_BYTES) return 0;
  for (let at: u32 = 0; at < openingBytes; at += 8) store<u64>(SCRATCH + at, load<u64>(OPENING + at));
  let out = SCRATCH + openingBytes;
  while (from < to) {
    let byte = <u32>load<u8>(from++);
    if (byte == PERCENT && from + 2 <= to) {
      const high = hexOf(load<u8>(from));
      const low = hexOf(load<u8>(from, 1));
      if (high < 8 && low < 16) {
        byte = (high << 4) | low;
        from += 2;
      }
    }
    store<u8>(out++, byte);
  }
  return <u32>(out - SCRATCH);
}

function nextCaret(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) != CARET) at++;
  return at;
}

/** Value of an upper-case hex digit; 16 for anything else. */
function hexOf(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  return byte - 0x41 < 6 ? byte - 0x37 : 16;
}

/** Writes text of the Basic Multilingual Plane as UTF-8 and returns its end. */
function writeUtf8(text: string, start: usize): usize {
  let at = start;
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
  return at;
}
