/**
 * Whether two products of the gift shop's log are one kind of product, or one range in colours that clash:
 * alternatives rather than a set. Uses a list of that shop's products, so that it judges without the app's own rules.
 */
export function isPoorSet(a: string, b: string): boolean {
  const kind = kindOf(a);
  return (kind !== null && kind === kindOf(b)) || isClash(a, b);
}

/** The name of each kind, and its synonyms. */
const KINDS: Readonly<Record<string, RegExp>> = {
  bag: /\b(bag|bags|shopper)\b/g,
  clock: /\bclock\b/g,
  tin: /\b(tin|tins)\b/g,
  bunting: /\bbunting\b/g,
  cabinet: /\bcabinet\b/g,
  umbrella: /\b(umbrella|parasol)\b/g,
  frame: /\b(frame|frames)\b/g,
  words: /\b(block word|letters|block letters)\b/g,
  sign: /\bsign\b/g,
  mug: /\bmug\b/g,
  cup: /\b(teacup|cup|cups)\b/g,
  teapot: /\bteapot\b/g,
  jug: /\bjug\b/g,
  bowl: /\b(bowl|bowls)\b/g,
  plate: /\b(plate|plates)\b/g,
  napkin: /\bnapkins?\b/g,
  cakeStand: /\b(cakestand|cake stand)\b/g,
  cakeCases: /\bcake cases\b/g,
  bottle: /\b(water bottle|hottie)\b/g,
  lightHolder: /\blight holder\b/g,
  cardHolder: /\bcard holder\b/g,
  metalBox: /\bmetal box\b/g,
  trinketBox: /\btrinket (box|pot)\b/g,
  lunchBox: /\blunch box\b/g,
  doormat: /\b(doormat|door mat)\b/g,
  scales: /\bscales\b/g,
  bin: /\bbin\b/g,
  drawer: /\bdrawer\b/g,
  cushion: /\bcushion\b/g,
  apron: /\bapron\b/g,
  plasters: /\bplasters\b/g,
  feltcraft: /\b(feltcraft|felt craft)\b/g,
  warmer: /\bhand warmer\b/g,
  chalkboard: /\b(chalkboard|black board|blackboard)\b/g,
  tidy: /\btidy\b/g,
  parcelTag: /\bgift tags\b/g,
  ornament: /\bornament\b/g,
  towel: /\btea towels?\b/g,
  kneeler: /\bkneeling pad\b/g,
};

/** The last of these words, because the noun of a phrase comes last; words after "with" name a part. */
function kindOf(title: string): string | null {
  const text = toPlain(title).split(/ with /)[0]!;
  let found: { readonly kind: string; readonly at: number } | null = null;
  for (const [kind, words] of Object.entries(KINDS))
    for (const { index } of text.matchAll(words))
      if (!found || index >= found.at) found = { kind, at: index };
  return found?.kind ?? null;
}

const COLOURS =
  /\b(red|blue|green|yellow|pink|purple|orange|brown|black|mint|turquoise|ivory|cream|white|natural)\b/g;
/** Shades that go together. */
const PALE = /^(ivory|cream|white|natural)$/;
/** Words that do not identify a range. */
const COMMON =
  /^(set|with|and|of|design|style|finish|large|small|mini|vintage|wood|wooden|metal|paper|heart|kitchen|box|pack|piece|antique|white|hanging|storage|jumbo|party)$/;

function isClash(a: string, b: string): boolean {
  const [own, other] = [coloursOf(a), coloursOf(b)];
  if (own.length === 0 || other.length === 0 || own.some((colour) => other.includes(colour))) return false;
  const words = new Set(toPlain(b).split(" "));
  const isRange = (word: string) => word.length > 3 && !COMMON.test(word) && !word.match(COLOURS);
  return toPlain(a)
    .split(" ")
    .some((word) => isRange(word) && words.has(word));
}

function coloursOf(title: string): string[] {
  return (toPlain(title).match(COLOURS) ?? []).map((colour) => (PALE.test(colour) ? "pale" : colour));
}

function toPlain(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/** Pairs of the log as a person sorted them: a poor set, or products that go together. */
export const LABELLED_PAIRS: readonly (readonly ["poor" | "good", string, string])[] = [
  ["poor", "LUNCH BAG DOILEY PATTERN", "JUMBO BAG DOILEY PATTERNS"],
  ["poor", "LUNCH BAG APPLE DESIGN", "JUMBO BAG VINTAGE LEAF"],
  ["poor", "JUMBO BAG PINK POLKADOT", "JUMBO SHOPPER VINTAGE RED PAISLEY"],
  ["poor", "ALARM CLOCK BAKELIKE RED", "BLUE DINER WALL CLOCK"],
  ["poor", "ALARM CLOCK BAKELIKE GREEN", "IVORY REFECTORY CLOCK"],
  ["poor", "ALARM CLOCK BAKELIKE RED", "RED DINER WALL CLOCK"],
  ["poor", "SET OF 3 REGENCY CAKE TINS", "SET OF 4 KNICK KNACK TINS DOILEY"],
  ["poor", "SET OF 3 REGENCY CAKE TINS", "DOILEY STORAGE TIN"],
  ["poor", "PARTY BUNTING", "VINTAGE UNION JACK BUNTING"],
  ["poor", "PARTY BUNTING", "PAPER BUNTING RETROSPOT"],
  ["poor", "WOOD S/3 CABINET ANT WHITE FINISH", "WOOD 2 DRAWER CABINET WHITE FINISH"],
  ["poor", "TWO DOOR CURIO CABINET", "VINTAGE POST OFFICE CABINET"],
  ["poor", "EDWARDIAN PARASOL NATURAL", "RED RETROSPOT UMBRELLA"],
  ["poor", "PHOTO FRAME CORNICE", "PHOTO FRAME 3 CLASSIC HANGING"],
  ["poor", "HOME BUILDING BLOCK WORD", "WELCOME WOODEN BLOCK LETTERS"],
  ["poor", "REGENCY MILK JUG PINK", "REGENCY SUGAR BOWL GREEN"],
  ["poor", "RED METAL BOX TOP SECRET", "GREEN METAL BOX ARMY SUPPLIES"],
  ["poor", "GIN + TONIC DIET METAL SIGN", "METAL SIGN TAKE IT OR LEAVE IT"],
  ["poor", "FELTCRAFT 6 FLOWER FRIENDS", "FELTCRAFT BUTTERFLY HEARTS"],
  ["poor", "HOT WATER BOTTLE TEA AND SYMPATHY", "CHOCOLATE HOT WATER BOTTLE"],
  ["poor", "ROSES REGENCY TEACUP AND SAUCER", "GREEN REGENCY TEACUP AND SAUCER"],
  ["poor", "PACK OF 72 RETRO SPOT CAKE CASES", "60 TEATIME FAIRY CAKE CASES"],
  ["poor", "RED DINER WALL CLOCK", "BREAD BIN DINER STYLE IVORY"],
  ["good", "RED DINER WALL CLOCK", "BREAD BIN DINER STYLE RED"],
  ["good", "REGENCY CAKESTAND 3 TIER", "ROSES REGENCY TEACUP AND SAUCER"],
  ["good", "ROSES REGENCY TEACUP AND SAUCER", "REGENCY TEAPOT ROSES"],
  ["good", "SET OF 3 REGENCY CAKE TINS", "REGENCY TEAPOT ROSES"],
  ["good", "SET OF 3 CAKE TINS PANTRY DESIGN", "JAM MAKING SET WITH JARS"],
  ["good", "SET OF 3 CAKE TINS PANTRY DESIGN", "RECIPE BOX PANTRY YELLOW DESIGN"],
  ["good", "GARDENERS KNEELING PAD KEEP CALM", "DOORMAT KEEP CALM AND COME IN"],
  ["good", "ENAMEL FLOWER JUG CREAM", "ENAMEL BREAD BIN CREAM"],
  ["good", "IVORY KITCHEN SCALES", "BREAD BIN DINER STYLE IVORY"],
  ["good", "IVORY KITCHEN SCALES", "VINTAGE BLUE KITCHEN CABINET"],
  ["good", "RETROSPOT TEA SET CERAMIC 11 PC", "BAKING SET 9 PIECE RETROSPOT"],
  ["good", "SET/5 RED RETROSPOT LID GLASS BOWLS", "RED RETROSPOT CAKE STAND"],
  ["good", "SET/20 RED SPOTTY PAPER NAPKINS", "SET/6 RED SPOTTY PAPER PLATES"],
  ["good", "WHITE HANGING HEART T-LIGHT HOLDER", "CREAM HEART CARD HOLDER"],
  ["good", "WHITE HANGING HEART T-LIGHT HOLDER", "HEART OF WICKER LARGE"],
  ["good", "LUNCH BOX I LOVE LONDON", "SET 2 TEA TOWELS I LOVE LONDON"],
  ["good", "JUMBO BAG VINTAGE LEAF", "DOORMAT VINTAGE LEAF"],
  ["good", "BLUE HAPPY BIRTHDAY BUNTING", "WOODEN HAPPY BIRTHDAY GARLAND"],
  ["good", "PARISIENNE CURIO CABINET", "PARISIENNE JEWELLERY DRAWER"],
  ["good", "DAIRY MAID LARGE MILK JUG", "DAIRY MAID TRADITIONAL TEAPOT"],
  ["good", "TEA TIME PARTY BUNTING", "TEA TIME KITCHEN APRON"],
  ["good", "WOODEN PICTURE FRAME WHITE FINISH", "WOOD 2 DRAWER CABINET WHITE FINISH"],
];
