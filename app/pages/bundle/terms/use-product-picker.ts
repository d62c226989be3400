import { useAppBridge } from "@shopify/app-bridge-react";
import { useState } from "react";
import { parseMinor } from "#app/domain/money.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { askApp } from "#app/ui/hooks/ask-app.ts";
import type { ComponentDraft } from "./terms-draft.ts";

/**
 * Opens Shopify's product picker.
 *
 * @param onChoose called with the new products, each in its first chosen variant
 * @returns opens the picker with the given products already selected
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
 * Opens Shopify's collection picker.
 *
 * @param onChoose called with the collection and its products
 * @returns opens the picker, and whether the products are loading
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
