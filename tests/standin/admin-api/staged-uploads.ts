import { randomUUID } from "node:crypto";

/** Files that the app has been given a place for; bulk mutations read their variables from here. */
export class StagedUploads {
  readonly #files = new Map<string, string | null>();
  readonly #baseUrl: () => string;

  constructor(baseUrl: () => string) {
    this.#baseUrl = baseUrl;
  }

  /** A place for one file: where to send it, and the fields to send with it. */
  open(filename: string): { url: string; parameters: { name: string; value: string }[] } {
    const key = `tmp/${randomUUID()}/${filename}`;
    this.#files.set(key, null);
    return { url: `${this.#baseUrl()}/staged-uploads`, parameters: [{ name: "key", value: key }] };
  }

  /** Takes a file; false when nobody was given that place. */
  receive(key: string, text: string): boolean {
    if (!this.#files.has(key)) return false;
    this.#files.set(key, text);
    return true;
  }

  /** The file, or null when none was sent to that place. */
  find(key: string): string | null {
    return this.#files.get(key) ?? null;
  }
}
