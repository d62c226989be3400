/** Letters of one title. */
export const MAX_TITLE_LENGTH = 120;
/** All titles of an offer in further languages, as a rule holds them: the Function reads no more than 4,000 with the first. */
export const MAX_TITLES_BYTES = 3_000;

const RESERVED = /[%+|~^\u0000-\u001f\u007f]/g;

/** A title as a rule holds it, without what parts its text. */
export function escapeTitle(title: string): string {
  return title.replace(
    RESERVED,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Bytes that titles by language take in a rule. */
export function countTitleBytes(titles: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.values(titles).reduce((sum, title) => sum + encoder.encode(escapeTitle(title)).length, 0);
}
