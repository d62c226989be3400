import { InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";

export interface ProductPicture {
  readonly title: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
}

/** A row has room for so many; of a pool the first stand for the others. */
const MOST_SHOWN = 4;

/** The products of a bundle side by side. The row's text names them, so the pictures are decoration. */
export function ProductPictures({ pictures }: { readonly pictures: readonly ProductPicture[] }) {
  const hidden = pictures.length - MOST_SHOWN;
  return (
    <InlineStack gap="100" blockAlign="center" wrap={false}>
      {pictures.slice(0, MOST_SHOWN).map(({ title, imageUrl, quantity }, index) => (
        <InlineStack key={index} gap="100" blockAlign="center" wrap={false}>
          {index > 0 ? (
            <Text as="span" tone="subdued">
              +
            </Text>
          ) : null}
          <Thumbnail source={imageUrl ?? ImageIcon} alt={title} size="small" />
          {quantity > 1 ? (
            <Text as="span" tone="subdued">
              ×{quantity}
            </Text>
          ) : null}
        </InlineStack>
      ))}
      {hidden > 0 ? (
        <Text as="span" tone="subdued">
          +{hidden}
        </Text>
      ) : null}
    </InlineStack>
  );
}
