import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import { openEnglish } from "#app/locales/english.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

const words = openEnglish();
const format = createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale);

/** What is wrong with a row, for an error and for the command line. */
export function tellRow(reason: RowMessage): string {
  return writeMessage(reason, { words, format });
}
