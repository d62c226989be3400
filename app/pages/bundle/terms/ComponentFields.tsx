import {
  Badge,
  BlockStack,
  Button,
  InlineError,
  InlineStack,
  Text,
  TextField,
  Thumbnail,
} from "@shopify/polaris";
import { ImageIcon, XSmallIcon } from "@shopify/polaris-icons";
import { lazy, Suspense } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { MAX_PARTS, MAX_POOL } from "#app/domain/offer/offer-kinds.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { countsUnits, withGift, type FieldsProps } from "./terms-draft.ts";
import { useRowRemoval } from "./use-row-removal.ts";
import { useCollectionPicker, useProductPicker } from "./use-product-picker.ts";

const Complements = lazy(() => import("./Complements.tsx"));

interface ComponentFieldsProps extends FieldsProps {
  /** Whether products can be replaced; not once orders are counted for them. */
  readonly isReplaceable: boolean;
  /** Whether a collection can be chosen as the pool; only for a new offer. */
  readonly takesCollection?: boolean;
}

/** The products of an offer, with quantities and the gift, and pickers to change them. */
export function ComponentFields({
  draft,
  currency,
  isReplaceable,
  takesCollection = false,
  problemOf,
  onChange,
}: ComponentFieldsProps) {
  const { t } = useTranslation("offer");
  const { components, offer, collectionGid } = draft;
  const isChosen = isReplaceable && collectionGid === null;
  const most = offer.kind === "set" || (offer.kind === "gift" && !offer.countsSpend) ? MAX_PARTS : MAX_POOL;
  const set = (chosen: typeof components) => onChange({ components: withGift(chosen, offer.kind) });
  const choose = useProductPicker(currency, (chosen) => set([...components, ...chosen]));
  const collection = useCollectionPicker((gid, products) =>
    onChange({ collectionGid: gid, components: [...products, ...components.filter(({ isGift }) => isGift)] }),
  );
  const takesMore = isChosen && components.length < most + (offer.kind === "gift" ? 1 : 0);
  const problem = problemOf("components");
  const { list, removeRow } = useRowRemoval();
  return (
    <div ref={list}>
      <BlockStack gap="300">
        {components.map((component, index) => {
          const { variantGid, title, imageUrl, quantity, isGift } = component;
          return (
            <InlineStack key={variantGid} gap="200" wrap={false} blockAlign="center">
              <div style={{ flexShrink: 0 }}>
                <Thumbnail source={imageUrl || ImageIcon} alt="" size="small" />
              </div>
              <div style={{ flexGrow: 1, minInlineSize: 0 }}>
                <InlineStack gap="200">
                  <Text as="p">{title}</Text>
                  {isGift ? <Badge tone="info">{t("kind.gift")}</Badge> : null}
                </InlineStack>
                {offer.kind === "gift" && !isGift && isReplaceable && components.length > 1 ? (
                  <Button
                    variant="plain"
                    onClick={() =>
                      removeRow(index, () =>
                        set(components.map((one, at) => ({ ...one, isGift: at === index }))),
                      )
                    }
                  >
                    {t("makeGift")}
                  </Button>
                ) : null}
              </div>
              {countsUnits(offer, isGift) ? (
                <div style={{ flex: "0 0 5rem" }}>
                  <TextField
                    label={t(isGift ? "giftUnits" : "units", { title })}
                    labelHidden
                    prefix="×"
                    type="number"
                    min={1}
                    max={9}
                    value={quantity}
                    onChange={(units) =>
                      set(components.map((one, at) => (at === index ? { ...one, quantity: units } : one)))
                    }
                    autoComplete="off"
                  />
                </div>
              ) : null}
              {isChosen ? (
                <Button
                  icon={XSmallIcon}
                  accessibilityLabel={t("remove", { title })}
                  onClick={() => removeRow(index, () => set(components.filter((_, at) => at !== index)))}
                />
              ) : null}
            </InlineStack>
          );
        })}
        {problem ? (
          <div role="alert" tabIndex={-1}>
            <InlineError message={problem} fieldID="components" />
          </div>
        ) : null}
        <InlineStack gap="200">
          {takesMore ? (
            <Button onClick={() => void choose(components.map(({ productGid }) => productGid))}>
              {t(components.length === 0 ? "choose" : "add")}
            </Button>
          ) : null}
          {isChosen && takesCollection && most === MAX_POOL ? (
            <Button loading={collection.isReading} onClick={() => void collection.choose()}>
              {t("chooseCollection")}
            </Button>
          ) : null}
          {collectionGid === null ? null : (
            <Button onClick={() => onChange({ collectionGid: null })}>{t("leaveCollection")}</Button>
          )}
        </InlineStack>
        {takesMore && most === MAX_PARTS && components.length > 0 ? (
          <Suspense fallback={null}>
            <Complements
              productGids={components.map(({ productGid }) => productGid)}
              onAdd={(component) => set([...components, component])}
            />
          </Suspense>
        ) : null}
        <Subdued>
          {t(
            collectionGid !== null
              ? "products.collection"
              : isReplaceable
                ? `products.${offer.kind}`
                : "products.kept",
          )}
        </Subdued>
      </BlockStack>
    </div>
  );
}
