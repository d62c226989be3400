import { useAppBridge } from "@shopify/app-bridge-react";
import { useState } from "react";
import { parseMinor } from "#app/domain/money.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { askApp } from "#app/ui/hooks/ask-app.ts";
import type { ComponentDraft } from "./terms-draft.ts";

/**
 * Opens Shopify's own picker of products.
 *
 * @param onChoose called with the products that were not there before, each in the first variant that was chosen
 * @returns opens it, with the products that are there already marked
 */
export function useProductPicker(currency: string, onChoose: (chosen: ComponentDraft[]) => void) {
  const appBridge = useAppBridge();
  return async (held: readonly string[]): Promise<void> => {
    const picked = await appBridge.resourcePicker({
      type: "product",
      action: "add",
      multiple: true,
      filter: { variants: true, draft: false, archived: false },
      selectionIds: held.map((id) => ({ id })),
    });
    const chosen = (picked ?? []).flatMap(({ id, title, images, variants, hasOnlyDefaultVariant }) => {
      const [variant] = variants;
      if (!variant?.id || held.includes(id)) return [];
      const isNamed = !hasOnlyDefaultVariant && variant.title;
      return [
        {
          variantGid: variant.id,
          productGid: id,
          title: isNamed ? `${title} – ${variant.title}` : title,
          imageUrl: images[0]?.originalSrc ?? "",
          priceMinor: parseMinor(String(variant.price ?? "0"), currency) ?? 0,
          quantity: "1",
          isGift: false,
        },
      ];
    });
    if (chosen.length > 0) onChoose(chosen);
  };
}

/**
 * Opens Shopify's own picker of collections.
 *
 * @param onChoose called with the collection and its products
 * @returns opens it, and whether the products of what was chosen are on their way
 */
export function useCollectionPicker(
  onChoose: (collectionGid: string, products: readonly ComponentDraft[]) => void,
) {
  const appBridge = useAppBridge();
  const { t } = useTranslation("offer");
  const [isReading, setReading] = useState(false);
  const choose = async (): Promise<void> => {
    const [picked] = (await appBridge.resourcePicker({ type: "collection", multiple: false })) ?? [];
    if (!picked) return;
    setReading(true);
    const path = `/app/offers/collection?id=${encodeURIComponent(picked.id)}`;
    const answer = await askApp<{ components: ComponentDraft[] }>(path);
    setReading(false);
    if (answer && answer.components.length > 0) onChoose(picked.id, answer.components);
    else appBridge.toast.show(t(answer ? "collectionEmpty" : "common:notAnswered"), { isError: true });
  };
  return { choose, isReading };
}
