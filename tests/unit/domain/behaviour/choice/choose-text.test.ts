import { describe, expect, it } from "vitest";
import { chooseTextCut } from "#app/domain/behaviour/choice/choose-text.ts";
import { linkByText, TEXT_CUTS } from "#app/domain/behaviour/methods/text-similarity.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const ROOMS = ["Garten", "Küchen", "Bade", "Kinder", "Schlaf", "Wohn", "Hunde", "Katzen", "Reise", "Büro"];
const THINGS = [
  "lampe",
  "decke",
  "korb",
  "schrank",
  "kissen",
  "teppich",
  "spiegel",
  "uhr",
  "regal",
  "hocker",
];

/** A shop in which what is bought together is for one room; `name` writes the room and the thing as a title. */
function toBaskets(orders: number, name: (room: string, thing: string) => string) {
  const random = seededRandom(4);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  const lines = Array.from({ length: orders }, (_, order) => {
    const room = pick(ROOMS);
    return [pick(THINGS), pick(THINGS), pick(THINGS)].map((thing) => {
      const title = name(room, thing);
      return orderLine({ orderId: String(order), itemKey: title, title, placedAtMs: order * 3_600_000 });
    });
  }).flat();
  return prepareBaskets(lines, [], { currency: "EUR" }).baskets;
}

const asCompound = (room: string, thing: string) => room + thing;
const asWords = (room: string, thing: string) => `${room} ${thing}`;
/** As few letters as tell nothing of a word by its pieces. */
const asCodes = (room: string, thing: string) => `${ROOMS.indexOf(room) + 10} ${THINGS.indexOf(thing) + 50}`;

describe("choosing how titles are compared", () => {
  it("chooses nothing on a handful of orders, nor of titles that are not there", () => {
    expect(chooseTextCut(toBaskets(10, asWords))).toEqual([]);
    expect(chooseTextCut(toBaskets(200, asWords))).toHaveLength(TEXT_CUTS.length);
    const untitled = prepareBaskets(
      Array.from({ length: 200 }, (_, line) =>
        orderLine({ orderId: String(line >> 1), itemKey: `K${line % 7}`, title: "", placedAtMs: line >> 1 }),
      ),
      [],
      { currency: "EUR" },
    ).baskets;
    expect(chooseTextCut(untitled)).toEqual([]);
  });

  it("takes pieces of words in a shop whose language joins them, where whole words know nothing", () => {
    const baskets = toBaskets(600, asCompound);
    const measures = chooseTextCut(baskets);
    const of = (cut: string) => measures.find((measure) => measure.cut === cut)!;
    expect(of("words").ndcg10).toBe(0);
    expect(of("sub-words").ndcg10).toBeGreaterThan(0.15);
    expect(measures.find(({ isChosen }) => isChosen)?.cut).not.toBe("words");
    expect(linkByText(baskets.items, "words").partner).toHaveLength(0);
  });

  it("stays with whole words where they say all there is to say", () => {
    const measures = chooseTextCut(toBaskets(600, asCodes));
    expect(measures.filter(({ isChosen }) => isChosen).map(({ cut }) => cut)).toEqual(["words"]);
    expect(chooseTextCut(toBaskets(600, asCodes))).toEqual(measures);
  });
});

describe("links by text of both cuts", () => {
  it("are the mean of the two", () => {
    const { items } = toBaskets(300, asWords);
    const of = (cut: (typeof TEXT_CUTS)[number]) => {
      const { offsets, partner, weight } = linkByText(items, cut, { limit: items.length });
      const row = new Float64Array(items.length);
      for (let at = offsets[0]!; at < offsets[1]!; at++) row[partner[at]!] = weight[at]!;
      return row;
    };
    const [words, pieces, both] = TEXT_CUTS.map(of);
    both!.forEach((weight, item) => expect(weight).toBeCloseTo((words![item]! + pieces![item]!) / 2, 5));
  });
});
