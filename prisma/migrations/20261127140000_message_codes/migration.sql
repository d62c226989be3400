-- What the engine said in English becomes a code with values, what no code is known for stays whole, as a text.
-- Prisma's engine runs a migration piece by piece, cut at each semicolon: there is none in what stands between.

DROP TABLE IF EXISTS told_sentence;
CREATE TABLE told_sentence (place serial, code text, pattern text, names text[], kinds text);
INSERT INTO told_sentence (code, pattern, names, kinds) VALUES
  ('refused.outOfStock', '^a component is out of stock$', '{}', ''),
  ('refused.notInCatalogue', '^A product is not in the shop''s catalogue$', '{}', ''),
  ('refused.thin', '^needs (-?\d[\d,]*(?:\.\d+)?) more order that hold both: (-?\d[\d,]*(?:\.\d+)?) did, (-?\d[\d,]*(?:\.\d+)?) are asked for$', '{"count","together","asked"}', 'nnn'),
  ('refused.thin', '^needs (-?\d[\d,]*(?:\.\d+)?) more orders that hold both: (-?\d[\d,]*(?:\.\d+)?) did, (-?\d[\d,]*(?:\.\d+)?) are asked for$', '{"count","together","asked"}', 'nnn'),
  ('refused.substitutes', '^visitors looked at both in (-?\d[\d,]*(?:\.\d+)?) visits, but (-?\d[\d,]*(?:\.\d+)?) orders hold both where chance would give (-?\d[\d,]*(?:\.\d+)?): they choose one or the other, so the two replace each other$', '{"visits","orders","byChanceAbout"}', 'nnn'),
  ('refused.sameShopper', '^(-?\d[\d,]*(?:\.\d+)?) orders hold both, but one shopper placed nearly all of them: what one takes again and again says little of others$', '{"together"}', 'n'),
  ('refused.sameShoppers', '^(-?\d[\d,]*(?:\.\d+)?) orders hold both, but so few shoppers placed them that they say no more than (-?\d[\d,]*(?:\.\d+)?) orders of different ones, which may be chance$', '{"together","shoppers"}', 'nn'),
  ('refused.shortStock', '^the stock of a component lasts less than (-?\d[\d,]*(?:\.\d+)?) days at the expected demand$', '{"days"}', 'n'),
  ('refused.outOfSeason', '^out of season: in the coming (-?\d[\d,]*(?:\.\d+)?) days they are expected in (-?\d[\d,]*(?:\.\d+)?) % of the orders of an average time$', '{"days","demandRatio"}', 'np'),
  ('refused.notSellable', '^a component is not for sale, or has no price$', '{}', ''),
  ('refused.noDiscount', '^(-?\d[\d,]*(?:\.\d+)?) orders hold both, but no discount from (-?\d[\d,]*(?:\.\d+)?) to (-?\d[\d,]*(?:\.\d+)?) % that keeps (-?\d[\d,]*(?:\.\d+)?) % margin is expected to bring more than it gives away$', '{"together","leastRatio","mostRatio","floorRatio"}', 'nppp'),
  ('refused.fewBaskets', '^needs at least (-?\d[\d,]*(?:\.\d+)?) more orders with two or more products: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) have them$', '{"missing","several","orders"}', 'nnn'),
  ('refused.fewSmallBaskets', '^needs at least (-?\d[\d,]*(?:\.\d+)?) more orders with 2 to (-?\d[\d,]*(?:\.\d+)?) products: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) have them\u003B (-?\d[\d,]*(?:\.\d+)?) hold more and are taken for stock-keeping$', '{"missing","most","several","orders","tooLarge"}', 'nnnnn'),
  ('refused.noPairs', '^no two products share (-?\d[\d,]*(?:\.\d+)?) orders and more than chance: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) orders hold two or more products$', '{"asked","several","orders"}', 'nnn'),
  ('refused.unseen', '^Not seen again often enough: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held both, (-?\d[\d,]*(?:\.\d+)?) would by chance\u003B needs (-?\d[\d,]*(?:\.\d+)?) more order that hold both\.$', '{"together","baskets","byChanceAbout","count"}', 'nnnn'),
  ('refused.unseen', '^Not seen again often enough: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held both, (-?\d[\d,]*(?:\.\d+)?) would by chance\u003B needs (-?\d[\d,]*(?:\.\d+)?) more orders that hold both\.$', '{"together","baskets","byChanceAbout","count"}', 'nnnn'),
  ('refused.unseenAll', '^Not seen again often enough: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held all (-?\d[\d,]*(?:\.\d+)?), (-?\d[\d,]*(?:\.\d+)?) would by chance\u003B needs (-?\d[\d,]*(?:\.\d+)?) more order that hold all (-?\d[\d,]*(?:\.\d+)?)\.$', '{"together","baskets","products","byChanceAbout","count",""}', 'nnnnnn'),
  ('refused.unseenAll', '^Not seen again often enough: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held all (-?\d[\d,]*(?:\.\d+)?), (-?\d[\d,]*(?:\.\d+)?) would by chance\u003B needs (-?\d[\d,]*(?:\.\d+)?) more orders that hold all (-?\d[\d,]*(?:\.\d+)?)\.$', '{"together","baskets","products","byChanceAbout","count",""}', 'nnnnnn'),
  ('refused.fell', '^Did not hold up: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held both, (-?\d[\d,]*(?:\.\d+)?) would by chance, which may be (-?\d[\d,]*(?:\.\d+)?) to (-?\d[\d,]*(?:\.\d+)?) times as often\.$', '{"together","baskets","byChanceAbout","lowTimes","highTimes"}', 'nnnnn'),
  ('refused.fellAll', '^Did not hold up: (-?\d[\d,]*(?:\.\d+)?) of (-?\d[\d,]*(?:\.\d+)?) later orders held all (-?\d[\d,]*(?:\.\d+)?), (-?\d[\d,]*(?:\.\d+)?) would by chance, which may be (-?\d[\d,]*(?:\.\d+)?) to (-?\d[\d,]*(?:\.\d+)?) times as often\.$', '{"together","baskets","products","byChanceAbout","lowTimes","highTimes"}', 'nnnnnn'),
  ('refused.nearNames', '^(-?\d[\d,]*(?:\.\d+)?) orders hold both, but the names are nearly the same or of one range: variants of one product, not products that go together$', '{"together"}', 'n'),
  ('refused.beyondShare', '^(-?\d[\d,]*(?:\.\d+)?) orders hold both, but the names are alike, and some such pairs are patterns of one product: at most (-?\d[\d,]*(?:\.\d+)?) % of the suggestions, or one, are such pairs, and others promise more$', '{"together","shareRatio"}', 'np');

-- A sentence as its code and values, where it is of one of these codes (LIKE), any other text whole. Kinds: t a text, n a
-- number, p per cent.
CREATE OR REPLACE FUNCTION told_to_message(told text, codes text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN told <> '' THEN coalesce(
    (
      SELECT jsonb_build_object('code', s.code, 'values', coalesce((
        SELECT jsonb_object_agg(n.name, CASE substr(s.kinds, n.place::int, 1)
          WHEN 't' THEN to_jsonb(m.parts[n.place])
          WHEN 'p' THEN to_jsonb(replace(m.parts[n.place], ',', '')::numeric / 100)
          ELSE to_jsonb(replace(m.parts[n.place], ',', '')::numeric)
        END)
        FROM unnest(s.names) WITH ORDINALITY AS n (name, place) WHERE n.name <> ''
      ), '{}'))
      FROM told_sentence s CROSS JOIN LATERAL (SELECT regexp_match(told, s.pattern)) AS m (parts)
      WHERE s.code LIKE ANY (codes) AND m.parts IS NOT NULL
      ORDER BY s.place LIMIT 1
    ),
    jsonb_build_object('code', 'text', 'values', jsonb_build_object('text', told))
  ) END
$$;

-- Reasons for a bundle had both: a code with all its values is enough. The sentence of any other stays.
DROP TABLE IF EXISTS told_evidence;
CREATE TABLE told_evidence (code text PRIMARY KEY, names text[]);
INSERT INTO told_evidence VALUES
  ('ordersBoth', '{"together","baskets","byChanceAbout","liftTimes","lowTimes","highTimes"}'),
  ('ordersAll', '{"together","baskets","byChanceAbout","liftTimes","lowTimes","highTimes","products"}'),
  ('ordersOriginal', '{"together","baskets","byChanceAbout","liftTimes","lowTimes","highTimes","missing"}'),
  ('matchingSet', '{}'),
  ('outOfStock', '{"missing"}'),
  ('standIn', '{"standIn","sharedRatio","priceMinor","insteadOfMinor"}'),
  ('taste', '{"to","from","place","products"}'),
  ('visits', '{"visits"}'),
  ('visitsStandIn', '{"missing","standIn","visits"}'),
  ('nextLook', '{"from","to","place"}'),
  ('toTry', '{"together","asked"}'),
  ('season', '{"seasonTimes","shopTimes"}'),
  ('seasonAhead', '{"startsIn","seasonTimes","shopTimes","days"}'),
  ('seasonBooked', '{"startsIn","seasonIn","seasonTimes","shopTimes","days"}'),
  ('leadTime', '{"median","low","high"}'),
  ('dayPart.hours', '{"shareRatio","usualRatio","from","until"}'),
  ('dayPart.days', '{"shareRatio","usualRatio","firstWeekday","secondWeekday"}'),
  ('stockYear', '{"name"}'),
  ('stockShort', '{"name","days"}'),
  ('stockDays', '{"name","days"}'),
  ('stockToBuy', '{"name","units","days","stock"}'),
  ('partOrders', '{"addsMinor","recurringRatio"}'),
  ('partStandIn', '{"addsMinor","likenessRatio"}'),
  ('partText', '{"addsMinor"}'),
  ('partViews', '{"addsMinor"}'),
  ('partSeason', '{"addsMinor","days","demandRatio"}'),
  ('partSeasonTimes', '{"addsMinor","days","demandTimes"}'),
  ('partStock', '{"addsMinor","days","stockRatio"}'),
  ('partMargin', '{"addsMinor","savingMinor","ordersAbout"}'),
  ('margin', '{"discountRatio","extraAbout","anywayAbout","days","extraMinor"}'),
  ('caution', '{"noticedRatio","responseRatio","lowMinor","highMinor","days"}'),
  ('cautionAssumed', '{"noticedRatio","responseRatio","lowMinor","highMinor","days"}'),
  ('chosenByHand', '{}');

CREATE OR REPLACE FUNCTION told_to_evidence(told jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN jsonb_typeof(told) <> 'object' OR NOT told ? 'text' THEN told
    WHEN EXISTS (
      SELECT FROM told_evidence e WHERE e.code = told ->> 'code' AND NOT EXISTS (
        SELECT FROM unnest(e.names) AS n (name)
        WHERE coalesce(jsonb_typeof(told -> 'values' -> n.name), 'null') NOT IN ('number', 'string')
      )
    ) THEN told - 'text' || jsonb_build_object('values', coalesce(told -> 'values', '{}'))
    ELSE told - 'text' || jsonb_build_object('code', 'text', 'values', jsonb_build_object('text', told -> 'text'))
  END
$$;

UPDATE "Bundle" SET
  "evidence" = (
    SELECT coalesce(jsonb_agg(told_to_evidence(one.told) ORDER BY one.place), '[]')
    FROM jsonb_array_elements("evidence") WITH ORDINALITY AS one (told, place)
  )
WHERE jsonb_typeof("evidence") = 'array';

-- The replay's verdict follows from its figures.
UPDATE "Bundle" SET "validation" = "validation" - 'verdict'
WHERE jsonb_typeof("validation") = 'object' AND "validation" ? 'verdict';

UPDATE "Run" SET "report" = jsonb_set("report", '{refused}', (
  SELECT coalesce(jsonb_agg(
    CASE WHEN jsonb_typeof(one.told -> 'reason') = 'string'
      THEN jsonb_set(one.told, '{reason}', coalesce(told_to_message(one.told ->> 'reason', '{refused.%}'), '{"code": "text", "values": {"text": ""}}'))
      ELSE one.told END ORDER BY one.place), '[]')
  FROM jsonb_array_elements("report" -> 'refused') WITH ORDINALITY AS one (told, place)
))
WHERE jsonb_typeof("report" -> 'refused') = 'array';

DROP FUNCTION told_to_message(text, text[]);
DROP FUNCTION told_to_evidence(jsonb);
DROP TABLE told_sentence, told_evidence;
