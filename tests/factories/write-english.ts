import type { Message } from "#app/domain/message.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import { openEnglish } from "#app/locales/english.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeEvidence, writeMessage } from "#app/locales/write-message.server.ts";

const words = openEnglish();
const format = createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale);

/** A message as an English reader of a shop in dollars has it. */
export function inEnglish(message: Message): string {
  return writeMessage(message, { words, format });
}

/** The same of a reason for a bundle. */
export function evidenceInEnglish(message: EvidenceMessage): string {
  return writeEvidence(message, { words, format });
}
