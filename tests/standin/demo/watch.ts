import pg from "pg";
import english from "#app/locales/en/messages.json" with { type: "json" };

interface StoredMessage {
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A stored message as the English sentence that a merchant reads; numbers stay as they are stored. */
export function toSentence(message: StoredMessage | null): string {
  if (message === null) return "";
  if (typeof message.values["text"] === "string") return message.values["text"];
  const sentences: Readonly<Record<string, string>> = english;
  const sentence = sentences[message.code] ?? sentences[`${message.code}_other`] ?? message.code;
  return sentence.replace(/\{\{(\w+)[^}]*\}\}/g, (_, name: string) => String(message.values[name] ?? ""));
}

export interface RunState {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly progress: number;
  readonly message: StoredMessage | null;
  readonly problem: StoredMessage | null;
  readonly trainMs: number | null;
}

const POLL_MS = 500;

/** Reads the app's database to show the progress of the loop in the terminal. It never writes. */
export class Watch {
  readonly #pool: pg.Pool;
  readonly #shop: string;

  constructor(databaseUrl: string, shop: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 2, allowExitOnIdle: true });
    this.#pool.on("error", () => {}); // The server goes away when the demo stops.
    this.#shop = shop;
  }

  /** One number from a statement with the shop as $1 and `more` as further parameters. */
  async count(sql: string, more: readonly string[] = []): Promise<number> {
    const { rows } = await this.#pool.query<{ n: string }>(sql, [this.#shop, ...more]);
    return Number(rows[0]?.n ?? 0);
  }

  async rows<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.#pool.query<Row>(sql, [this.#shop])).rows;
  }

  async latestRun(): Promise<RunState | undefined> {
    return (
      await this.rows<RunState>(
        `SELECT id, status, step, progress, message, problem, "trainMs" FROM "Run" WHERE shop = $1
         ORDER BY "createdAt" DESC LIMIT 1`,
      )
    )[0];
  }

  /**
   * Asks until the answer is not null.
   *
   * @throws Error in one line on a timeout
   */
  async until<T>(what: string, timeoutMs: number, ask: () => Promise<T | null>): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (Date.now() > deadline) throw new Error(`${what}: not done after ${Math.round(timeoutMs / 1000)} s`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
