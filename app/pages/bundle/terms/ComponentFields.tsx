import { BlockStack, Button, InlineError, InlineStack, Text, TextField, Thumbnail } from "@shopify/polaris";
import { ImageIcon, XSmallIcon } from "@shopify/polaris-icons";
import { useTranslation } from "react-i18next";
import { ProductSearch, type FoundProduct } from "./ProductSearch.tsx";

/** A product of a bundle being edited. */
export type ComponentDraft = FoundProduct & { readonly quantity: string };

interface ComponentFieldsProps {
  readonly components: readonly ComponentDraft[];
  /** Whether other products may be taken: not once orders are counted by those that are there. */
  readonly isReplaceable: boolean;
  readonly problem: string | undefined;
  readonly onChange: (components: readonly ComponentDraft[]) => void;
}

const FEWEST = 2;
const MOST = 4;

/** The products of a bundle: how many of each, and others in their place. */
export function ComponentFields({ components, isReplaceable, problem, onChange }: ComponentFieldsProps) {
  const { t } = useTranslation("edit");
  const changeUnits = (index: number, quantity: string) =>
    onChange(components.map((component, at) => (at === index ? { ...component, quantity } : component)));
  return (
    <BlockStack gap="300">
      {components.map(({ variantGid, title, imageUrl, quantity }, index) => (
        <InlineStack key={variantGid} gap="200" wrap={false} blockAlign="end">
          <div style={{ flexShrink: 0 }}>
            <Thumbnail source={imageUrl || ImageIcon} alt="" size="small" />
          </div>
          <div style={{ flexGrow: 1 }}>
            <TextField
              label={t("units", { title })}
              type="number"
              min={1}
              max={9}
              value={quantity}
              onChange={(units) => changeUnits(index, units)}
              autoComplete="off"
            />
          </div>
          {isReplaceable && components.length > FEWEST ? (
            <Button
              icon={XSmallIcon}
              accessibilityLabel={t("remove", { title })}
              onClick={() => onChange(components.filter((_, at) => at !== index))}
            />
          ) : null}
        </InlineStack>
      ))}
      {problem ? <InlineError message={problem} fieldID="components" /> : null}
      {isReplaceable && components.length < MOST ? (
        <ProductSearch
          label={t("add")}
          without={components.map(({ variantGid }) => variantGid)}
          onChoose={({ variantGid, title, imageUrl, priceMinor }) =>
            onChange([...components, { variantGid, title, imageUrl, priceMinor, quantity: "1" }])
          }
        />
      ) : null}
      <Text as="p" tone="subdued">
        {t(isReplaceable ? "replaceable" : "keepsProducts")}
      </Text>
    </BlockStack>
  );
}
