import { BlockStack } from "@shopify/polaris";
import { TitleFields } from "./TitleFields.tsx";
import { NoteField, WhereFields } from "./WhereFields.tsx";
import type { FieldsProps } from "./terms-draft.ts";

/** What an offer has without being asked, loaded when a merchant wants to say it. */
export default function FurtherFields(props: FieldsProps & { readonly suggestion: string }) {
  return (
    <BlockStack gap="300">
      <TitleFields {...props} />
      <WhereFields {...props} />
      <NoteField {...props} />
    </BlockStack>
  );
}
