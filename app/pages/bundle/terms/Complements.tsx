import { BlockStack, Button, InlineStack } from "@shopify/polaris";
import { PlusIcon } from "@shopify/polaris-icons";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { askApp } from "#app/ui/hooks/ask-app.ts";
import type { ComponentDraft } from "./terms-draft.ts";

interface ComplementsProps {
  readonly productGids: readonly string[];
  readonly onAdd: (component: ComponentDraft) => void;
}

/** Suggests complements of the offer's products, to add with a click; renders nothing if there are none. */
export default function Complements({ productGids, onAdd }: ComplementsProps) {
  const { t } = useTranslation("offer");
  const [components, setComponents] = useState<readonly ComponentDraft[]>([]);
  const question = new URLSearchParams(productGids.map((gid) => ["product", gid])).toString();
  useEffect(() => {
    const leaving = new AbortController();
    const ask = async () => {
      const path = `/app/offers/complements?${question}`;
      const answer = await askApp<{ components: ComponentDraft[] }>(path, leaving.signal);
      // Without an answer the form still works: the picker has every product.
      if (!leaving.signal.aborted) setComponents(answer?.components ?? []);
    };
    void ask();
    return () => leaving.abort();
  }, [question]);
  // A product that was just added is in the answer until the next one.
  const others = components.filter(({ productGid }) => !productGids.includes(productGid));
  if (others.length === 0) return null;
  return (
    <BlockStack gap="200">
      <Subdued>{t("complements")}</Subdued>
      <InlineStack gap="200">
        {others.map((component) => (
          <Button key={component.variantGid} icon={PlusIcon} size="slim" onClick={() => onAdd(component)}>
            {component.title}
          </Button>
        ))}
      </InlineStack>
    </BlockStack>
  );
}
