-- What stood in English in these columns becomes codes with values, what no code is known for stays whole, as a text.
-- Prisma's engine runs a migration piece by piece, cut at each semicolon: there is none in what stands between.

DROP TABLE IF EXISTS told_sentence;
CREATE TABLE told_sentence (place serial, code text, pattern text, names text[], kinds text);
INSERT INTO told_sentence (code, pattern, names, kinds) VALUES
  ('run.waiting', '^Waiting for a worker$', '{}', ''),
  ('run.readingOrders', '^Reading orders$', '{}', ''),
  ('run.orders', '^(-?\d[\d,]*(?:\.\d+)?) orders with (-?\d[\d,]*(?:\.\d+)?) products$', '{"orders","products"}', 'nn'),
  ('run.nextViews', '^Learning what visitors look at next$', '{}', ''),
  ('training.undated', '^Not trained: the orders have no dates$', '{}', ''),
  ('training.few', '^Not trained: needs (-?\d[\d,]*(?:\.\d+)?) more orders before those that it is tried on$', '{"missing"}', 'n'),
  ('training.costly', '^Not trained: takes (-?\d[\d,]*(?:\.\d+)?) billion multiply-adds, (-?\d[\d,]*(?:\.\d+)?) are spent without a graphics card$', '{"billions","budget"}', 'nn'),
  ('training.rare', '^Not trained: no product is in enough orders$', '{}', ''),
  ('run.forecasting', '^Forecasting demand$', '{}', ''),
  ('run.forecastingBefore', '^Forecasting as before the newest orders$', '{}', ''),
  ('run.forecast', '^(-?\d[\d,]*(?:\.\d+)?) products forecast$', '{"products"}', 'n'),
  ('run.looking', '^Looking for bundles$', '{}', ''),
  ('run.toCheck', '^(-?\d[\d,]*(?:\.\d+)?) bundles to check on later orders$', '{"bundles"}', 'n'),
  ('run.replaying', '^Replaying (-?\d[\d,]*(?:\.\d+)?) bundles on later orders$', '{"bundles"}', 'n'),
  ('run.none', '^No bundle is supported by these orders yet$', '{}', ''),
  ('run.done', '^(-?\d[\d,]*(?:\.\d+)?) new suggestions, (-?\d[\d,]*(?:\.\d+)?) waiting for a decision$', '{"added","waiting"}', 'nn'),
  ('run.failed', '^The run failed$', '{}', ''),
  ('run.onlyNewOrders', '^All orders are of the last weeks\u003B some earlier ones are needed to learn from$', '{}', ''),
  ('run.noModel', '^The run has no trained model\u003B start it again$', '{}', ''),
  ('run.noProposals', '^The run has no proposals\u003B start it again$', '{}', ''),
  ('run.unknownEnd', '^An unknown error ended the run\.$', '{}', ''),
  ('run.cancelled', '^Cancelled$', '{}', ''),
  ('history.products', '^Reading products: (-?\d[\d,]*(?:\.\d+)?) so far$', '{"number"}', 'n'),
  ('history.orders', '^Reading orders: (-?\d[\d,]*(?:\.\d+)?) so far$', '{"number"}', 'n'),
  ('history.failed', '^Reading failed: (.+)$', '{"reason"}', 't'),
  ('paused.byMerchant', '^Paused by the merchant$', '{}', ''),
  ('paused.over', '^Its last day is over$', '{}', ''),
  ('paused.early', '^Its first day is still to come$', '{}', ''),
  ('paused.fewProducts', '^It has fewer than two products$', '{}', ''),
  ('paused.discountOff', '^The discount “Bundle offer” is switched off in Shopify\u003B switch it on again in the settings here$', '{}', ''),
  ('paused.notForSale', '^(.+) is no longer for sale$', '{"product"}', 't'),
  ('paused.outOfStock', '^(.+) is out of stock$', '{"product"}', 't'),
  ('paused.enoughOffers', '^(.+) already shows (-?\d[\d,]*(?:\.\d+)?) better offer$', '{"product","count"}', 'tn'),
  ('paused.enoughOffers', '^(.+) already shows (-?\d[\d,]*(?:\.\d+)?) better offers$', '{"product","count"}', 'tn'),
  ('run.starting', '^The next step begins$', '{}', ''),
  ('paused.noRoom', '^(.+) has no room beside (-?\d[\d,]*(?:\.\d+)?) better offer\u003B shorter titles make some$', '{"product","count"}', 'tn'),
  ('paused.noRoom', '^(.+) has no room beside (-?\d[\d,]*(?:\.\d+)?) better offers\u003B shorter titles make some$', '{"product","count"}', 'tn'),
  ('paused.scarce', '^(.+) lasts about (-?\d[\d,]*(?:\.\d+)?) more days: no discount while it is scarce$', '{"product","days"}', 'tn'),
  ('paused.seasonOver', '^Its season is over$', '{}', ''),
  ('paused.loser', '^After (-?\d[\d,]*(?:\.\d+)?) visitors the chance that it earns more than no offer is (-?\d[\d,]*(?:\.\d+)?) %$', '{"visitors","chanceRatio"}', 'np'),
  ('paused.noMargin', '^No discount that the autopilot may give leaves the margin that you ask for$', '{}', ''),
  ('publish.placesTaken', '^All 25 places that Shopify gives the discounts of apps are taken\. End one under Discounts\u003B the offers then appear by themselves\.$', '{}', ''),
  ('publish.nameTaken', '^Another discount of this name is in the way\. Rename or end the discount “Bundle offer” under Discounts\.$', '{}', ''),
  ('publish.noPermission', '^The app lacks a permission\. Open it in your admin and accept what Shopify asks for there\.$', '{}', ''),
  ('publish.productGone', '^One of its products no longer exists in the shop$', '{}', ''),
  ('publish.firstGone', '^Its first product no longer exists in the shop$', '{}', ''),
  ('publish.otherDefinition', '^Another definition of the offers'' metafields is in the way\. Delete it under Settings, Custom data\.$', '{}', ''),
  ('publish.titleTooLong', '^Its title is longer than Shopify takes\. Shorten it\.$', '{}', ''),
  ('publish.tooMuch', '^More was sent at once than Shopify takes\. It is tried again by itself\.$', '{}', ''),
  ('publish.shopifyFault', '^Shopify had a fault of its own\. It is tried again by itself\.$', '{}', ''),
  ('publish.pixelUnreleased', '^The app''s pixel is not released yet\. Offers work without it\u003B visits are counted from then on\.$', '{}', ''),
  ('publish.discountUnreleased', '^The app''s discount is not released yet\. Nothing is wrong with your shop\u003B please write to us\.$', '{}', ''),
  ('publish.keyRefused', '^Shopify did not accept the app''s key, which is renewed now\. It is tried again by itself\.$', '{}', ''),
  ('publish.frozen', '^Shopify has frozen this shop until its bill is paid\. The offers follow by themselves\.$', '{}', ''),
  ('publish.locked', '^Shopify has locked this shop\. The offers follow by themselves when it is open again\.$', '{}', ''),
  ('publish.busy', '^Shopify is busy with other work for this shop\. It is tried again by itself\.$', '{}', ''),
  ('publish.noAnswer', '^Shopify did not answer\. It is tried again by itself\.$', '{}', ''),
  ('publish.refused', '^Shopify refused it: (.+)$', '{"message"}', 't'),
  ('steered.enough', '^There is enough of (.+) again$', '{"product"}', 't'),
  ('steered.season', '^Its season begins$', '{}', ''),
  ('steered.best', '^Expected to earn the most, by what visitors bought at each discount$', '{}', ''),
  ('steered.tried', '^Tried, because it may earn more than (-?\d[\d,]*(?:\.\d+)?) %$', '{"discountRatio"}', 'p'),
  ('steered.related', '^It shares a product with “(.+)”, which earns more than no offer$', '{"title"}', 't'),
  ('steered.room', '^Your limits leave room for a discount again$', '{}', ''),
  ('steered.beyond', '^It comes back, but the discount that it had is beyond your limits by now$', '{}', ''),
  ('paused.off', '^Publishing is switched off\u003B everything was taken out of the shop$', '{}', ''),
  ('run.needsOrders', '^Needs (-?\d[\d,]*(?:\.\d+)?) more orders before anything can be proposed$', '{"count"}', 'n');

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

ALTER TABLE "Bundle" ALTER COLUMN "pausedReason" TYPE jsonb USING told_to_message("pausedReason", '{paused.%,publish.%}');

UPDATE "Decision" SET "detail" = jsonb_set("detail", '{reason}', told_to_message("detail" ->> 'reason', '{steered.%,paused.scarce,paused.seasonOver,paused.loser,paused.noMargin}'))
WHERE jsonb_typeof("detail" -> 'reason') = 'string' AND "detail" ->> 'reason' <> '';

-- A pass may fail for several reasons at once.
ALTER TABLE "Publication" ALTER COLUMN "problem" TYPE jsonb
  USING CASE WHEN "problem" <> '' THEN jsonb_build_array(told_to_message("problem", '{publish.%}')) END;

ALTER TABLE "Run" ALTER COLUMN "message" DROP DEFAULT, ALTER COLUMN "message" DROP NOT NULL;
ALTER TABLE "Run"
  ALTER COLUMN "message" TYPE jsonb USING told_to_message("message", '{run.%}'),
  ALTER COLUMN "problem" TYPE jsonb
    USING told_to_message("problem", '{run.onlyNewOrders,run.noModel,run.noProposals,run.unknownEnd}');

UPDATE "Model" SET "metrics" = jsonb_set("metrics", '{notTrained}', told_to_message("metrics" ->> 'notTrained', '{training.%}'))
WHERE jsonb_typeof("metrics" -> 'notTrained') = 'string' AND "metrics" ->> 'notTrained' <> '';

ALTER TABLE "Shop" ALTER COLUMN "backfillMessage" DROP DEFAULT, ALTER COLUMN "backfillMessage" DROP NOT NULL;
ALTER TABLE "Shop" ALTER COLUMN "backfillMessage" TYPE jsonb USING told_to_message("backfillMessage", '{history.%}');

DROP FUNCTION told_to_message(text, text[]);
DROP TABLE told_sentence;
