import { GraphQLError } from "graphql";

export interface PageArgs {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean | null;
}

export interface Connection<T> {
  nodes: T[];
  edges: { node: T; cursor: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const MAX_PAGE = 250;

/**
 * One page of records in the order of `keyOf`, ties broken by `idOf`. A cursor names a key and not a position, so
 * records that appear or disappear between two pages shift nothing.
 *
 * @throws GraphQLError as Shopify's: without `first` or `last`, with both, above 250, or with a broken cursor
 */
export function toConnection<T>(
  records: Iterable<T>,
  args: PageArgs,
  {
    keyOf,
    idOf,
    isBulk,
  }: { keyOf: (record: T) => number | string; idOf: (record: T) => string; isBulk: boolean },
): Connection<T> {
  const direction = args.reverse ? -1 : 1;
  const places = [...records]
    .map((record): Place<T> => ({ record, key: keyOf(record), id: numberOf(idOf(record)) }))
    .sort((a, b) => direction * comparePlaces(a, b));
  const after = args.after ? decodeCursor(args.after) : null;
  const before = args.before ? decodeCursor(args.before) : null;
  const inside = places.filter(
    (place) =>
      (after === null || direction * comparePlaces(place, after) > 0) &&
      (before === null || direction * comparePlaces(place, before) < 0),
  );
  const size = isBulk ? Infinity : pageSize(args);
  const page = isNumber(args.last) ? inside.slice(Math.max(0, inside.length - size)) : inside.slice(0, size);
  const first = page[0];
  const last = page.at(-1);
  const edges = page.map((place) => ({ node: place.record, cursor: encodeCursor(place) }));
  return {
    nodes: page.map(({ record }) => record),
    edges,
    pageInfo: {
      hasNextPage: last !== undefined && places.at(-1) !== last,
      hasPreviousPage: first !== undefined && places[0] !== first,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

interface Place<T> {
  record: T;
  key: number | string;
  id: number;
}

function pageSize({ first, last }: PageArgs): number {
  if (isNumber(first) && isNumber(last)) throw badRequest("providing both first and last is not supported");
  const size = first ?? last;
  if (!isNumber(size)) throw badRequest("you must provide one of first or last");
  if (size < 0) throw badRequest("first and last must not be negative");
  if (size > MAX_PAGE) throw badRequest(`first and last cannot exceed ${MAX_PAGE}`);
  return size;
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function comparePlaces(a: Omit<Place<unknown>, "record">, b: Omit<Place<unknown>, "record">): number {
  if (a.key < b.key) return -1;
  if (a.key > b.key) return 1;
  return a.id - b.id;
}

function encodeCursor({ key, id }: Place<unknown>): string {
  return Buffer.from(JSON.stringify({ last_id: id, last_value: key })).toString("base64");
}

function decodeCursor(cursor: string): { key: number | string; id: number } {
  try {
    const read = JSON.parse(Buffer.from(cursor, "base64").toString("utf8")) as {
      last_id: number;
      last_value: number | string;
    };
    if (typeof read.last_id === "number") return { key: read.last_value, id: read.last_id };
  } catch {
    // Falls through to the same answer as a cursor of the wrong shape.
  }
  throw badRequest(`Invalid cursor for current pagination sort: ${cursor}`);
}

function numberOf(gid: string): number {
  return Number(/(\d+)$/.exec(gid)?.[1] ?? 0);
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}
