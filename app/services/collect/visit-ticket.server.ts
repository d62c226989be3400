import { createHmac } from "node:crypto";
import { Arm } from "#app/domain/collect/order-event.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { isSameSecret } from "#app/process/secret-box.server.ts";

/** The visit that a ticket certifies. */
interface Visit {
  readonly shop: string;
  /** 32 hex digits. */
  readonly visitorKey: string;
  readonly nowMs: number;
}

/** 132 bits, which cannot be guessed. */
const TICKET_LETTERS = 22;

/**
 * A ticket that certifies: this visitor came to this shop on this UTC day and is in this arm. It is a keyed hash of
 * these, so nothing has to be stored to verify it. See
 * app/decisions/evaluate/061-an-arm-is-drawn-before-the-paint-and-counts-with-a-ticket.md.
 *
 * @param secret the shop's own; see `openShopSecret`
 */
export function writeVisitTicket(secret: string, { shop, visitorKey, nowMs }: Visit, arm: Arm): string {
  const day = Math.floor(nowMs / DAY_MS);
  const text = `visit ${shop} ${visitorKey} ${arm} ${day}`;
  return createHmac("sha256", secret).update(text).digest("base64url").slice(0, TICKET_LETTERS);
}

/**
 * Reads the arm from a ticket of today or yesterday, because a browser keeps one for a day.
 *
 * @returns null if it is another visitor's, too old, or invalid
 */
export function readVisitTicket(secret: string, ticket: string, visit: Visit): Arm | null {
  const isWritten = (arm: Arm, nowMs: number) =>
    isSameSecret(ticket, writeVisitTicket(secret, { ...visit, nowMs }, arm));
  const days = [visit.nowMs, visit.nowMs - DAY_MS];
  return Arm.options.find((arm) => days.some((nowMs) => isWritten(arm, nowMs))) ?? null;
}
