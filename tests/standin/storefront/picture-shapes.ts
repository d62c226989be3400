/**
 * Drawings of goods on a canvas of 400 × 400. Classes: `a` the body, `b` a light part, `c` a dark part, `l` a fine
 * line, `o` a thick line.
 */
const BOTTLE =
  '<rect x="150" y="130" width="100" height="200" rx="18" class="a"/><rect x="172" y="86" width="56" height="48" rx="8" class="c"/><rect x="150" y="190" width="100" height="80" class="b"/><path d="M175 215h50M175 235h34" class="l"/>';
const JAR =
  '<rect x="110" y="200" width="180" height="120" rx="22" class="a"/><rect x="104" y="156" width="192" height="56" rx="14" class="c"/><circle cx="200" cy="264" r="30" class="b"/>';
const TUBE =
  '<path d="M160 140h80l22 190a14 14 0 0 1-14 16h-96a14 14 0 0 1-14-16z" class="a"/><rect x="158" y="104" width="84" height="40" rx="6" class="c"/><ellipse cx="200" cy="246" rx="40" ry="52" class="b"/>';
const CANDLE =
  '<rect x="130" y="180" width="140" height="150" rx="16" class="a"/><path d="M200 176v-26" class="l"/><path d="M200 92c26 30 20 58 0 60-20-2-26-30 0-60z" class="c"/><rect x="152" y="228" width="96" height="62" rx="4" class="b"/>';
const MUG =
  '<path d="M120 150h150v110a70 70 0 0 1-150 0z" class="a"/><path d="M270 176h26a34 34 0 0 1 0 68h-28" class="o"/><rect x="108" y="132" width="174" height="24" rx="10" class="c"/><circle cx="195" cy="220" r="26" class="b"/>';
const PLATE =
  '<circle cx="200" cy="210" r="120" class="a"/><circle cx="200" cy="210" r="84" class="b"/><circle cx="168" cy="180" r="6" class="c"/><circle cx="236" cy="236" r="5" class="c"/><circle cx="214" cy="168" r="4" class="c"/><circle cx="176" cy="246" r="4" class="c"/>';
const CUSHION =
  '<path d="M100 150q100 26 200 0q-22 80 0 160q-100-26-200 0q22-80 0-160z" class="a"/><path d="M132 182q68 16 136 0q-12 48 0 96q-68-16-136 0q12-48 0-96z" class="b"/><circle cx="200" cy="230" r="9" class="c"/>';
const LEAVES =
  '<path d="M200 320V190" class="o"/><path d="M200 230c-70 0-90-40-90-86 62 0 90 34 90 86zM200 204c0-60 32-92 92-96 2 62-30 96-92 96z" class="a"/><path d="M150 318h100l-14 42h-72z" class="c"/>';
const POT =
  '<path d="M130 210h140l-20 124a16 16 0 0 1-16 12h-68a16 16 0 0 1-16-12z" class="a"/><rect x="118" y="184" width="164" height="32" rx="10" class="c"/><path d="M200 184c-4-50-40-62-62-66 0 40 18 62 62 66zM200 184c2-64 34-84 64-86 0 50-22 80-64 86z" class="b"/>';
const GIFT =
  '<rect x="112" y="190" width="176" height="140" rx="8" class="a"/><rect x="100" y="158" width="200" height="42" rx="8" class="c"/><rect x="186" y="158" width="28" height="172" class="b"/><path d="M200 158c-50-2-66-46-34-54 24-6 34 26 34 54zM200 158c50-2 66-46 34-54-24-6-34 26-34 54z" class="o"/>';
const SHOPPER =
  '<rect x="116" y="140" width="168" height="180" rx="10" class="a"/><path d="M160 140a40 40 0 0 1 80 0" class="o"/><rect x="150" y="200" width="100" height="64" rx="6" class="b"/>';
const POUCH =
  '<path d="M132 130h136l14 196a14 14 0 0 1-14 14H132a14 14 0 0 1-14-14z" class="a"/><path d="M132 130h136l4 40H128z" class="c"/><rect x="150" y="206" width="100" height="86" rx="6" class="b"/><path d="M172 232h56M172 256h36" class="l"/>';
const FOLDED =
  '<rect x="104" y="196" width="192" height="44" rx="20" class="c"/><rect x="96" y="234" width="208" height="50" rx="22" class="a"/><rect x="88" y="278" width="224" height="56" rx="24" class="b"/><path d="M120 306h160" class="l"/>';
const TOOL =
  '<path d="M200 330V206" class="o"/><path d="M156 210V128a44 44 0 0 1 88 0v82q-44 22-88 0z" class="a"/><path d="M184 130v60M216 130v60" class="l"/><rect x="182" y="270" width="36" height="78" rx="16" class="c"/>';
const BOARD =
  '<rect x="110" y="150" width="180" height="190" rx="24" class="a"/><rect x="178" y="96" width="44" height="70" rx="20" class="a"/><circle cx="200" cy="122" r="9" class="b"/><path d="M140 200q60 20 120 0M140 250q60 20 120 0M140 300q60 20 120 0" class="l"/>';
const FRAME =
  '<rect x="110" y="100" width="180" height="240" rx="4" class="c"/><rect x="128" y="118" width="144" height="204" class="b"/><path d="M200 290v-90M200 236c-34 0-42-22-42-44 30 0 42 18 42 44zM200 216c0-30 14-44 44-46 0 30-14 46-44 46z" class="l"/>';
const KETTLE =
  '<path d="M130 190h130l24 140a14 14 0 0 1-14 14H120a14 14 0 0 1-14-14z" class="a"/><path d="M112 300C76 290 84 220 60 196" class="o"/><path d="M262 206c60-8 60 90 20 100" class="o"/><rect x="146" y="164" width="98" height="28" rx="12" class="c"/><circle cx="195" cy="154" r="12" class="c"/>';
const BASKET =
  '<path d="M110 214h180l-18 116a14 14 0 0 1-14 12H142a14 14 0 0 1-14-12z" class="a"/><path d="M136 214c0-130 128-130 128 0" class="o"/><rect x="100" y="196" width="200" height="30" rx="12" class="c"/><path d="M132 258h136M138 296h124" class="l"/>';
const FILTER =
  '<path d="M104 150h192l-66 150a20 20 0 0 1-18 12h-24a20 20 0 0 1-18-12z" class="b"/><path d="M124 150h152l-54 132a16 16 0 0 1-15 10h-14a16 16 0 0 1-15-10z" class="a"/><path d="M164 172l22 92M236 172l-22 92M200 172v94" class="l"/>';
const SOAP =
  '<rect x="100" y="210" width="200" height="104" rx="46" class="a"/><rect x="126" y="232" width="148" height="60" rx="28" class="b"/><circle cx="142" cy="172" r="18" class="b"/><circle cx="196" cy="146" r="26" class="b"/><circle cx="250" cy="178" r="14" class="b"/>';
const BAUBLE =
  '<circle cx="200" cy="236" r="96" class="a"/><rect x="180" y="118" width="40" height="28" rx="6" class="c"/><path d="M200 118c-16-26 16-26 0 0" class="l"/><path d="M108 226q46 34 92 0t92 0" class="l"/><circle cx="164" cy="196" r="16" class="b"/>';

/** By words of the product's name; the first match applies. */
const BY_WORD: readonly (readonly [RegExp, string])[] = [
  [/filter/, FILTER],
  [/bauble|decoration|ornament/, BAUBLE],
  [/kettle|watering|carafe|teapot|jug/, KETTLE],
  [/basket|storage|hamper/, BASKET],
  [/brush|comb|trowel|fork|knife|lame|trimmer|snuffer|secateurs|scrubber|roller|planter|gloves/, TOOL],
  [/candle|t-light|tea-light|lantern|wick|match/, CANDLE],
  [/soap|steamer|sponge|shampoo-bar|cotton-rounds/, SOAP],
  [/seed|compost|salts|tea$|sleep-tea|sachet|bulbs|lunch-bag|charlotte-bag|jumbo-bag|shopper/, POUCH],
  [/towel|napkin|runner|blanket|throw|duvet|robe|pillowcase|wrap|eye-mask|slippers|scrunchie/, FOLDED],
  [/cushion|pillow(?!-mist)|hot-water/, CUSHION],
  [/board|tray|labels|lunch-box|carving/, BOARD],
  [/print|frame|planner|card|tags|sign|picture/, FRAME],
  [/plate|skillet|dish|saucer|bowl|wreath/, PLATE],
  [/mug|cup|tumbler|dripper|grinder/, MUG],
  [/pot$|vase|flower|plant/, POT],
  [/oil|mist|spray|serum|shampoo|conditioner|toner|cleanser|diffuser|refill|food|lotion|bottle/, BOTTLE],
  [/cream|balm|scrub|gel|mask|jar/, JAR],
  [/wash/, TUBE],
  [/box|gift|ribbon|kit|chocolate|lights/, GIFT],
];

const BY_CATEGORY: Readonly<Record<string, string>> = {
  "Hair care": BOTTLE,
  "Skin care": JAR,
  "Bath & body": TUBE,
  "Candles & fragrance": CANDLE,
  Kitchen: MUG,
  "Table & dining": PLATE,
  Bedroom: CUSHION,
  Garden: LEAVES,
  Living: POT,
  "Gifts & seasonal": GIFT,
};

/** The drawing closest to a product, as SVG elements. */
export function pickShape({ handle, category }: { handle: string; category: string }): string {
  return BY_WORD.find(([words]) => words.test(handle))?.[1] ?? BY_CATEGORY[category] ?? SHOPPER;
}
