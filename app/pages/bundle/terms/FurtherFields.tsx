import { BlockStack } from "@shopify/polaris";
import { TitleFields } from "./TitleFields.tsx";
import { NoteField, WhereFields } from "./WhereFields.tsx";
import type { FieldsProps } from "./terms-draft.ts";

/** Optional fields of an offer, loaded lazily. */
export default function FurtherFields(props: FieldsProps & { readonly suggestion: string }) {
  return (
    <BlockStack gap="300">
      <TitleFields {...props} />
      <WhereFields {...props} />
      <NoteField {...props} />
    </BlockStack>
  );
}
