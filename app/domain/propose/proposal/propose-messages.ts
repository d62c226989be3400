import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";

const number = z.number();
const title = z.string();

const often = { together: number, baskets: number, byChanceAbout: number };
const lift = { liftTimes: number, lowTimes: number, highTimes: number };
const caution = {
  noticedRatio: number,
  awarenessRatio: number,
  responseRatio: number,
  lowMinor: number,
  highMinor: number,
  days: number,
};

const answer = { discountRatio: number, extraAbout: number, anywayAbout: number, days: number };
const fullPrice = { extraAbout: number, days: number, extraMinor: number };

/** Evidence for a bundle, and cautions. The `part…` codes say how much each part adds to its margin. */
export const EVIDENCE_MESSAGES = {
  ...TEXT,
  ordersBoth: { ...often, ...lift },
  /** For one pair of a set of three. */
  ordersOfTwo: { first: title, second: title, ...often, ...lift },
  /** For more than two products; only in evidence stored by earlier runs. */
  ordersAll: { ...often, ...lift, products: number },
  ordersOriginal: { ...often, ...lift, missing: title },
  ordersSeveral: { ...often, units: number, choices: number },
  ordersInQuantity: { together: number, orders: number, units: number },
  shownTogether: { extraMinor: number, days: number },
  matchingSet: {},
  outOfStock: { missing: title },
  notForSale: { missing: title },
  standIn: {
    standIn: title,
    sharedRatio: number,
    priceMinor: number,
    insteadOfMinor: number,
  },
  taste: { to: title, from: title, place: number, products: number },
  visits: { visits: number },
  visitsStandIn: { missing: title, standIn: title, visits: number },
  toTry: { together: number, asked: number },
  season: { seasonTimes: number, shopTimes: number },
  seasonAhead: { startsIn: number, seasonTimes: number, shopTimes: number, days: number },
  seasonBooked: {
    startsIn: number,
    seasonIn: number,
    seasonTimes: number,
    shopTimes: number,
    days: number,
  },
  leadTime: { median: number, low: number, high: number },
  "dayPart.hours": { shareRatio: number, usualRatio: number, from: number, until: number },
  "dayPart.days": { shareRatio: number, usualRatio: number, firstWeekday: number, secondWeekday: number },
  stockYear: { name: title },
  stockShort: { name: title, days: number },
  stockDays: { name: title, days: number },
  stockToBuy: { name: title, units: number, days: number, stock: number },
  partOrders: { addsMinor: number, recurringRatio: number },
  partOfTwo: { addsMinor: number, first: title, second: title },
  partStandIn: { addsMinor: number, likenessRatio: number },
  partSeason: { addsMinor: number, days: number, demandRatio: number },
  partSeasonTimes: { addsMinor: number, days: number, demandTimes: number },
  partStock: { addsMinor: number, days: number, stockRatio: number },
  partMargin: { addsMinor: number, savingMinor: number, ordersAbout: number },
  margin: { ...answer, extraMinor: number },
  marginLost: { ...answer, lostMinor: number },
  marginTiers: { ...answer, leastRatio: number, extraMinor: number },
  marginTiersLost: { ...answer, leastRatio: number, lostMinor: number },
  ownPrices: { attachRatio: number, responseRatio: number },
  ownOffers: { offers: number, answerTimes: number },
  otherShops: { shops: number, answerTimes: number },
  ownAndOthers: { offers: number, shops: number, answerTimes: number },
  fullPrice,
  fullPriceMeasured: { ...fullPrice, responseRatio: number },
  fullPriceUntold: fullPrice,
  caution,
  cautionAssumed: caution,
  cautionShown: { awarenessRatio: number, lowMinor: number, highMinor: number, days: number },
  chosenByHand: {},
  handNoOrders: {},
  handNone: { orders: number },
  handUnits: { together: number, orders: number, units: number },
  handSpent: { together: number, orders: number, spendMinor: number },
  handLater: { days: number, together: number, expectedAbout: number },
  handTogether: { together: number, orders: number, products: number, liftTimes: number },
} as const satisfies MessageTable;
export const EvidenceMessage = messageSchema(EVIDENCE_MESSAGES);
export type EvidenceMessage = MessageOf<typeof EVIDENCE_MESSAGES>;

/** Why a combination is no bundle. */
export const REFUSAL_MESSAGES = {
  "refused.outOfStock": {},
  "refused.notSellable": {},
  "refused.shortStock": { days: number },
  "refused.outOfSeason": { days: number, demandRatio: number },
  "refused.nearNames": { together: number },
  "refused.beyondShare": { together: number, shareRatio: number },
  "refused.noDiscount": { together: number, leastRatio: number, mostRatio: number, floorRatio: number },
  "refused.thin": { count: number, together: number, asked: number },
  "refused.substitutes": { visits: number, orders: number, byChanceAbout: number },
  "refused.sameShopper": { together: number },
  "refused.sameShoppers": { together: number, shoppers: number },
  "refused.fewBaskets": { missing: number, several: number, orders: number },
  "refused.fewSmallBaskets": {
    missing: number,
    most: number,
    several: number,
    orders: number,
    tooLarge: number,
  },
  "refused.noPairs": { asked: number, several: number, orders: number },
} as const satisfies MessageTable;
export type RefusalMessage = MessageOf<typeof REFUSAL_MESSAGES>;
