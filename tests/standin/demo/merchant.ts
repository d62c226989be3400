import type { Standin } from "#tests/standin/start-standin.ts";

const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";

/** The app's answer to a form: whether it worked, and a sentence for the merchant. */
interface Outcome {
  readonly ok?: boolean;
  readonly message?: string;
}

/**
 * The shop owner of the demo. Uses the same addresses and session tokens as the embedded app in a
 * browser. `_data` asks Remix for a route's data instead of its page.
 */
export class Merchant {
  readonly #appUrl: string;
  readonly #standin: Standin;

  constructor(appUrl: string, standin: Standin) {
    this.#appUrl = appUrl;
    this.#standin = standin;
  }

  /** Opens the app for the first time, which installs it: the app exchanges the session token. */
  async install(): Promise<void> {
    await this.#call("/app?_data=routes%2Fadmin%2Fhome", {});
  }

  /** Uploads older orders, which the API does not return, as Shopify's order-export CSV. */
  async importOrders(csv: string): Promise<void> {
    // A real shop's log is larger than the app accepts uncompressed.
    const body = new Blob([csv]).stream().pipeThrough(new CompressionStream("gzip"));
    await this.#call("/app/import", {
      method: "POST",
      body,
      headers: { "content-type": "application/gzip" },
    });
    while ((await this.#call("/app/import", {})).status === 202) {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async startRun(): Promise<void> {
    await this.#submit("/app/runs?index&_data=routes%2Fadmin%2Fruns", [["intent", "start"]]);
  }

  async cancelRun(runId: string): Promise<void> {
    await this.#submit("/app/runs?index&_data=routes%2Fadmin%2Fruns", [
      ["intent", "cancel"],
      ["runId", runId],
    ]);
  }

  async approve(bundleIds: readonly string[]): Promise<void> {
    await this.#submit("/app/suggestions?index&_data=routes%2Fadmin%2Fsuggestions", [
      ["decision", "approve"],
      ...bundleIds.map((id): [string, string] => ["id", id]),
    ]);
  }

  /** The data of the results page. */
  async readResults(): Promise<unknown> {
    return (await this.#call("/app/results?_data=routes%2Fadmin%2Fresults", {})).json();
  }

  async #submit(path: string, fields: [string, string][]): Promise<void> {
    const response = await this.#call(path, { method: "POST", body: new URLSearchParams(fields) });
    const outcome = (await response.json()) as Outcome;
    if (outcome.ok === false) throw new Error(`${path}: ${outcome.message ?? "the app refused"}`);
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${this.#appUrl}${path}`, {
      ...init,
      headers: {
        ...init.headers,
        authorization: `Bearer ${this.#standin.sessionToken()}`,
        // Shopify's package refuses clients that do not look like a browser.
        "user-agent": USER_AGENT,
      },
      ...(init.body instanceof ReadableStream ? { duplex: "half" } : {}),
    } as RequestInit);
    if (response.ok) return response;
    throw new Error(
      `${init.method ?? "GET"} ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
    );
  }
}
