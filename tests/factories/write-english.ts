import type { Message } from "#app/domain/message.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import { openEnglishWriting } from "#app/locales/english.server.ts";
import { writeEvidence, writeMessage } from "#app/locales/write-message.server.ts";

const writing = openEnglishWriting("USD");

/** A message as an English reader of a shop in dollars has it. */
export function inEnglish(message: Message): string {
  return writeMessage(message, writing);
}

/** The same of a reason for a bundle. */
export function evidenceInEnglish(message: EvidenceMessage): string {
  return writeEvidence(message, writing);
}
