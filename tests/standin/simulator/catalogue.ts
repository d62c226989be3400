/** One line of the catalogue; the product's code is its category's code and its place in the list: "HAIR-01". */
export interface CatalogueEntry {
  readonly title: string;
  readonly priceMinor: number;
  /** Relative demand off season; 1 is an ordinary product. */
  readonly demand: number;
  /** Further variants; the first value has the price above. */
  readonly option?: {
    readonly name: string;
    readonly values: readonly { readonly value: string; readonly priceRatio: number }[];
  };
}

export interface CatalogueCategory {
  readonly code: string;
  readonly name: string;
  readonly vendor: string;
  /** Unit cost over price. */
  readonly costRatio: number;
  readonly entries: readonly CatalogueEntry[];
}

const sizes = (...pairs: readonly (readonly [string, number])[]) => ({
  name: "Size",
  values: pairs.map(([value, priceRatio]) => ({ value, priceRatio })),
});
const colours = (...names: readonly string[]) => ({
  name: "Colour",
  values: names.map((value) => ({ value, priceRatio: 1 })),
});
const scents = (...names: readonly string[]) => ({
  name: "Scent",
  values: names.map((value) => ({ value, priceRatio: 1 })),
});
const entry = (
  title: string,
  priceMinor: number,
  demand: number,
  option?: CatalogueEntry["option"],
): CatalogueEntry => (option ? { title, priceMinor, demand, option } : { title, priceMinor, demand });

/** A home, beauty and garden shop of ten categories with twelve products each. Prices in US cents. */
export const CATALOGUE: readonly CatalogueCategory[] = [
  {
    code: "HAIR", name: "Hair care", vendor: "Fern & Tide", costRatio: 0.34,
    entries: [
      entry("Rosemary Strengthening Shampoo", 1650, 3, sizes(["250 ml", 1], ["500 ml", 1.75])),
      entry("Rosemary Strengthening Conditioner", 1750, 2.2, sizes(["250 ml", 1], ["500 ml", 1.75])),
      entry("Oat Milk Gentle Shampoo", 1450, 1.8),
      entry("Argan Repair Hair Mask", 2400, 1.2),
      entry("Sea Salt Texture Spray", 1900, 1.1),
      entry("Bamboo Paddle Brush", 2200, 0.9),
      entry("Silk Scrunchie Trio", 1600, 1, colours("Sand", "Blush", "Ink")),
      entry("Scalp Massage Brush", 1250, 0.8),
      entry("Camellia Hair Oil", 2800, 0.9),
      entry("Microfibre Hair Towel", 1800, 0.8),
      entry("Wide-Tooth Comb", 900, 0.7),
      entry("Solid Shampoo Bar", 1100, 1.2, scents("Citrus", "Cedar")),
    ],
  },
  {
    code: "SKIN", name: "Skin care", vendor: "Fern & Tide", costRatio: 0.3,
    entries: [
      entry("Rice Water Cleanser", 1900, 2.1),
      entry("Green Tea Toner", 2100, 1.4),
      entry("Daily Moisture Cream", 2900, 2, sizes(["50 ml", 1], ["100 ml", 1.7])),
      entry("Vitamin C Serum", 3600, 1.3),
      entry("Mineral Sun Lotion SPF 50", 2600, 0.7),
      entry("After Sun Aloe Gel", 1500, 0.5),
      entry("Rose Clay Mask", 2300, 0.9),
      entry("Konjac Face Sponge", 800, 0.9),
      entry("Calendula Lip Balm", 750, 1.8),
      entry("Winter Rescue Balm", 1700, 0.6),
      entry("Jade Face Roller", 2700, 0.6),
      entry("Reusable Cotton Rounds", 1400, 0.9),
    ],
  },
  {
    code: "BATH", name: "Bath & body", vendor: "Saltwick Soapworks", costRatio: 0.36,
    entries: [
      entry("Lavender Hand Cream", 1400, 1.7),
      entry("Fig Leaf Hand Cream", 1400, 1.3),
      entry("Lavender Hand Wash", 1600, 1.6),
      entry("Fig Leaf Hand Wash", 1600, 1.2),
      entry("Goat Milk Soap Bar", 850, 1.9),
      entry("Olive Wood Soap Dish", 1200, 1),
      entry("Epsom Bath Salts", 1800, 1.2, scents("Eucalyptus", "Lavender")),
      entry("Natural Sea Sponge", 1500, 0.7),
      entry("Sugar Body Scrub", 2200, 0.9),
      entry("Waffle Bath Towel", 3400, 1, colours("Chalk", "Sage", "Slate")),
      entry("Cedar Bath Tray", 4800, 0.5),
      entry("Shower Steamers, Box of 6", 1900, 1),
    ],
  },
  {
    code: "CAND", name: "Candles & fragrance", vendor: "Wick Lane", costRatio: 0.32,
    entries: [
      entry("Amber Soy Candle", 2600, 1.9, sizes(["Small", 1], ["Large", 1.6])),
      entry("Sea Breeze Soy Candle", 2600, 1.4),
      entry("Brass Wick Trimmer", 1800, 0.9),
      entry("Brass Candle Snuffer", 1700, 0.7),
      entry("Beeswax Dinner Candles, Pair", 1400, 1.2, colours("Ivory", "Forest")),
      entry("Stoneware Candle Holder", 1600, 1),
      entry("Reed Diffuser", 3200, 1),
      entry("Diffuser Refill", 1900, 0.7),
      entry("Linen Room Spray", 1500, 1),
      entry("Cinnamon & Orange Candle", 2600, 0.6),
      entry("Match Cloche", 2000, 0.6),
      entry("Tea Light Box of 24", 1000, 1.1),
    ],
  },
  {
    code: "KITC", name: "Kitchen", vendor: "Hearth & Ladle", costRatio: 0.48,
    entries: [
      entry("Pour-Over Coffee Dripper", 2800, 1.4),
      entry("Paper Coffee Filters, 100", 700, 1.5),
      entry("Gooseneck Kettle", 6900, 0.8),
      entry("Hand Coffee Grinder", 5400, 0.8),
      entry("Cast Iron Skillet", 4900, 0.9),
      entry("Chainmail Scrubber", 1800, 0.7),
      entry("Olive Wood Chopping Board", 4200, 0.9),
      entry("Board Oil", 1300, 0.7),
      entry("Sourdough Proofing Basket", 2400, 0.8),
      entry("Bread Lame", 1500, 0.7),
      entry("Organic Tea Towels, Set of 3", 2100, 1.2, colours("Stripe", "Check")),
      entry("Insulated Lunch Box", 2900, 0.7),
    ],
  },
  {
    code: "DINE", name: "Table & dining", vendor: "Hearth & Ladle", costRatio: 0.45,
    entries: [
      entry("Speckled Dinner Plate", 1800, 1.4),
      entry("Speckled Bowl", 1500, 1.3),
      entry("Speckled Mug", 1300, 1.7),
      entry("Linen Napkins, Set of 4", 2800, 1, colours("Flax", "Rust", "Olive")),
      entry("Linen Table Runner", 3400, 0.6, colours("Flax", "Rust")),
      entry("Ribbed Tumbler", 900, 1.2),
      entry("Glass Carafe", 2600, 0.8),
      entry("Acacia Serving Board", 3900, 0.8),
      entry("Cheese Knife Trio", 2400, 0.7),
      entry("Picnic Blanket", 4600, 0.5),
      entry("Enamel Picnic Plates, Set of 4", 3200, 0.4),
      entry("Wicker Picnic Basket", 7800, 0.3),
    ],
  },
  {
    code: "BEDR", name: "Bedroom", vendor: "Quiet House", costRatio: 0.42,
    entries: [
      entry("Washed Linen Pillowcase", 2900, 1.3, colours("White", "Oat", "Clay")),
      entry("Washed Linen Duvet Cover", 12900, 0.5, colours("White", "Oat")),
      entry("Buckwheat Pillow", 4900, 0.6),
      entry("Wool Throw Blanket", 7900, 0.6),
      entry("Silk Eye Mask", 1900, 1.1),
      entry("Lavender Pillow Mist", 1600, 1.2),
      entry("Chamomile Sleep Tea", 1100, 1.1),
      entry("Sheepskin Slippers", 5900, 0.5, sizes(["S/M", 1], ["L/XL", 1])),
      entry("Hot Water Bottle with Knit Cover", 3200, 0.5),
      entry("Bedside Carafe", 2400, 0.5),
      entry("Cotton Waffle Robe", 6900, 0.5, sizes(["S/M", 1], ["L/XL", 1])),
      entry("Cedar Drawer Sachets", 1200, 0.7),
    ],
  },
  {
    code: "GARD", name: "Garden", vendor: "Potting Shed Co.", costRatio: 0.46,
    entries: [
      entry("Herb Seed Collection", 1200, 0.9),
      entry("Peat-Free Seed Compost", 1100, 0.8),
      entry("Wooden Seed Tray", 1600, 0.7),
      entry("Copper Plant Labels, 10", 1300, 0.7),
      entry("Hand Trowel", 2200, 0.9),
      entry("Hand Fork", 2200, 0.7),
      entry("Leather Garden Gloves", 2600, 0.9, sizes(["S", 1], ["M", 1], ["L", 1])),
      entry("Bypass Secateurs", 3900, 0.7),
      entry("Galvanised Watering Can", 4400, 0.6),
      entry("Tulip Bulbs, Bag of 20", 1500, 0.4),
      entry("Bulb Planter", 2400, 0.3),
      entry("Wild Bird Seed, 2 kg", 1400, 0.8),
    ],
  },
  {
    code: "LIVE", name: "Living", vendor: "Quiet House", costRatio: 0.44,
    entries: [
      entry("Terracotta Plant Pot", 1900, 1.4, sizes(["12 cm", 1], ["16 cm", 1.4])),
      entry("Terracotta Saucer", 700, 1.1),
      entry("Indoor Plant Food", 1000, 1.1),
      entry("Brass Plant Mister", 2400, 0.8),
      entry("Bouclé Cushion Cover", 3400, 0.9, colours("Cream", "Moss")),
      entry("Feather Cushion Inner", 1600, 0.8),
      entry("Stoneware Vase", 3900, 0.7),
      entry("Dried Flower Bunch", 2800, 0.8),
      entry("Picture Frame A4", 2300, 0.8, colours("Oak", "Black")),
      entry("Botanical Print A4", 1800, 0.9),
      entry("Jute Storage Basket", 3600, 0.7),
      entry("Door Wreath Base", 1400, 0.3),
    ],
  },
  {
    code: "GIFT", name: "Gifts & seasonal", vendor: "Bundlesmith Market", costRatio: 0.4,
    entries: [
      entry("Kraft Gift Wrap Roll", 600, 0.9),
      entry("Cotton Gift Ribbon", 500, 0.9),
      entry("Letterpress Gift Tags, 12", 700, 0.8),
      entry("Hand-Blown Glass Bauble", 1200, 0.3),
      entry("Warm Fairy Lights", 1900, 0.6),
      entry("Advent Candle", 1500, 0.2),
      entry("Valentine Chocolate Box", 2200, 0.3),
      entry("Easter Egg Painting Kit", 1800, 0.3),
      entry("Mother's Day Bouquet Card", 600, 0.4),
      entry("Summer Citronella Lantern", 2700, 0.4),
      entry("Pumpkin Carving Set", 1600, 0.2),
      entry("New Year Linen Planner", 2400, 0.4),
    ],
  },
]; // prettier-ignore
