import { randomUUID } from "node:crypto";

/** Uploaded files of the app; bulk mutations read their variables from here. */
export class StagedUploads {
  readonly #files = new Map<string, string | null>();
  readonly #baseUrl: () => string;

  constructor(baseUrl: () => string) {
    this.#baseUrl = baseUrl;
  }

  /** Creates an upload target: the URL, and the fields to send with the file. */
  open(filename: string): { url: string; parameters: { name: string; value: string }[] } {
    const key = `tmp/${randomUUID()}/${filename}`;
    this.#files.set(key, null);
    return { url: `${this.#baseUrl()}/staged-uploads`, parameters: [{ name: "key", value: key }] };
  }

  /** Stores a file; false if the key was not handed out. */
  receive(key: string, text: string): boolean {
    if (!this.#files.has(key)) return false;
    this.#files.set(key, text);
    return true;
  }

  /** The file, or null if none was uploaded under that key. */
  find(key: string): string | null {
    return this.#files.get(key) ?? null;
  }
}
