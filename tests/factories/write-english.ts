import type { Message } from "#app/domain/message.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import { openEnglishWriting } from "#app/locales/english.server.ts";
import { writeEvidence, writeMessage } from "#app/locales/write-message.server.ts";

const writing = openEnglishWriting("USD");

/** Writes a message in English for a shop with US dollars. */
export function inEnglish(message: Message): string {
  return writeMessage(message, writing);
}

/** Writes the evidence of a bundle in English for a shop with US dollars. */
export function evidenceInEnglish(message: EvidenceMessage): string {
  return writeEvidence(message, writing);
}
