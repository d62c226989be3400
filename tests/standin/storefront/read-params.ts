import type { Request } from "express";

export type Params = { [key: string]: string | Params | (string | Params)[] };

const BODY_LIMIT_BYTES = 1_000_000;

/**
 * A request's parameters, from the query and then from a JSON, urlencoded or multipart body, nested as Rack nests
 * them.
 */
export async function readParams(request: Request): Promise<Params> {
  const params: Params = nestParams(new URL(request.originalUrl, "http://shop").searchParams);
  if (request.method === "GET" || request.method === "HEAD") return params;
  if (typeof request.body === "object" && request.body !== null && Object.keys(request.body).length > 0) {
    return { ...params, ...(request.body as Params) };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new Error("the request's body is too long");
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (body.length === 0) return params;
  const type = request.headers["content-type"] ?? "";
  if (type.includes("json")) return { ...params, ...(JSON.parse(body.toString("utf8")) as Params) };
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  return { ...params, ...nestParams(form) };
}

/**
 * `items[][id]=1&items[][quantity]=2` → `{ items: [{ id: "1", quantity: "2" }] }`; the same for `items[0][id]` and
 * `a[b]`.
 */
export function nestParams(entries: Iterable<[string, FormDataEntryValue]>): Params {
  const root: Params = {};
  for (const [name, value] of entries) {
    if (typeof value !== "string") continue;
    const [first = "", ...rest] = name.split(/\]?\[/).map((part) => part.replace(/\]$/, ""));
    place(root, [first, ...rest], value);
  }
  // Rack uses the number in `items[4][id]` as a key; the numbers can have gaps.
  for (const [name, list] of Object.entries(root))
    if (Array.isArray(list)) root[name] = list.filter(() => true);
  return root;
}

function place(into: Params, path: readonly string[], value: string): void {
  const [name = "", next, ...rest] = path;
  if (next === undefined) {
    into[name] = value;
    return;
  }
  // `updates[42]=1` is a quantity by variant id, `items[0][id]=42` an element of a list.
  if (next === "" || (rest.length > 0 && /^\d+$/.test(next))) {
    const list = Array.isArray(into[name]) ? into[name] : (into[name] = []);
    if (rest.length === 0) {
      list.push(value);
      return;
    }
    // A repeated name starts a new element of `items[][…]`.
    const last = list[list.length - 1];
    const at =
      next === "" ? (isNested(last) && !(rest[0]! in last) ? list.length - 1 : list.length) : Number(next);
    const known = list[at];
    const element = isNested(known) ? known : {};
    list[at] = element;
    place(element, rest, value);
    return;
  }
  const inner = into[name];
  const nested = isNested(inner) ? inner : {};
  into[name] = nested;
  place(nested, [next, ...rest], value);
}

function isNested(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
