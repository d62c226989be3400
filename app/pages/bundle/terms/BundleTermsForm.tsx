import { SaveBar } from "@shopify/app-bridge-react";
import { BlockStack, Button, InlineStack } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { ComponentFields } from "./ComponentFields.tsx";
import { OfferFields } from "./OfferFields.tsx";
import { TitleFields } from "./TitleFields.tsx";
import { NoteField, WhereFields } from "./WhereFields.tsx";
import type { FieldsProps } from "./terms-draft.ts";

interface BundleTermsFormProps extends FieldsProps {
  readonly isReplaceable: boolean;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}

const SAVE_BAR_ID = "bundle-terms";

/** The form to edit a bundle, loaded lazily. Typed values stay until they are saved or discarded. */
export default function BundleTermsForm(props: BundleTermsFormProps) {
  const { t } = useTranslation("bundle");
  const { isReplaceable, isDirty, isSaving, onSave, onDiscard, ...fields } = props;
  return (
    <>
      <SaveBar id={SAVE_BAR_ID} open={isDirty}>
        <button variant="primary" onClick={onSave} {...(isSaving ? { loading: "" } : {})}>
          {t("common:save")}
        </button>
        <button onClick={onDiscard}>{t("common:discard")}</button>
      </SaveBar>
      <form
        // The server's message names the limits; the browser's validation would hide it.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSave();
        }}
      >
        <BlockStack gap="300">
          <TitleFields {...fields} />
          <OfferFields {...fields} />
          <ComponentFields {...fields} isReplaceable={isReplaceable} />
          <WhereFields {...fields} />
          <NoteField {...fields} />
          <InlineStack gap="200" align="end">
            <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
              {t("common:save")}
            </Button>
          </InlineStack>
        </BlockStack>
      </form>
    </>
  );
}
