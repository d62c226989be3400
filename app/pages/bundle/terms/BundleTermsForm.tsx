import { SaveBar } from "@shopify/app-bridge-react";
import {
  BlockStack,
  Button,
  Card,
  Checkbox,
  FormLayout,
  InlineStack,
  Select,
  Text,
  TextField,
} from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { PLACEMENTS } from "#app/domain/validate/placement.ts";
import { CountrySelect } from "./CountrySelect.tsx";
import { ComponentFields, type ComponentDraft } from "./ComponentFields.tsx";

/** The terms of a bundle as they stand in the fields. */
export interface TermsDraft {
  readonly title: string;
  readonly discountPercent: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly letsShopperChoose: boolean;
  /** One of `PLACEMENTS`. */
  readonly placement: string;
  /** ISO codes; none is everywhere. */
  readonly countries: readonly string[];
  readonly note: string;
  /** Anchor first. */
  readonly components: readonly ComponentDraft[];
}

export interface TermsMessage {
  readonly field: keyof TermsDraft;
  readonly message: string;
}

interface BundleTermsFormProps {
  readonly draft: TermsDraft;
  readonly isReplaceable: boolean;
  readonly problems: readonly TermsMessage[];
  readonly warnings: readonly TermsMessage[];
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly onChange: (changes: Partial<TermsDraft>) => void;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}

const SAVE_BAR_ID = "bundle-terms";

/** What the merchant may change of a bundle. What was typed stays in the fields until it is saved or discarded. */
export function BundleTermsForm(props: BundleTermsFormProps) {
  const { t } = useTranslation("bundle");
  const { draft, isReplaceable, problems, warnings, isDirty, isSaving, onChange, onSave, onDiscard } = props;
  const problemOf = (field: keyof TermsDraft) =>
    problems.find((problem) => problem.field === field)?.message ?? false;
  const warningOf = (field: keyof TermsDraft) => warnings.find((warning) => warning.field === field)?.message;
  return (
    <Card>
      <SaveBar id={SAVE_BAR_ID} open={isDirty}>
        <button variant="primary" onClick={onSave} {...(isSaving ? { loading: "" } : {})}>
          {t("common:save")}
        </button>
        <button onClick={onDiscard}>{t("common:discard")}</button>
      </SaveBar>
      <form
        // The server names the limits beside the field; a browser's bubble would keep it from that.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSave();
        }}
      >
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            {t("terms.title")}
          </Text>
          <FormLayout>
            <TextField
              label={t("terms.name")}
              value={draft.title}
              onChange={(title) => onChange({ title })}
              error={problemOf("title")}
              maxLength={120}
              autoComplete="off"
            />
            <TextField
              label={t("terms.discount")}
              type="number"
              min={1}
              max={90}
              suffix="%"
              value={draft.discountPercent}
              onChange={(discountPercent) => onChange({ discountPercent })}
              error={problemOf("discountPercent")}
              helpText={warningOf("discountPercent") ?? t("terms.discountHelp")}
              autoComplete="off"
            />
            <TextField
              label={t("terms.startsOn")}
              type="date"
              value={draft.startsOn}
              onChange={(startsOn) => onChange({ startsOn })}
              error={problemOf("startsOn")}
              helpText={t("terms.startsOnHelp")}
              autoComplete="off"
            />
            <TextField
              label={t("terms.endsOn")}
              type="date"
              value={draft.endsOn}
              onChange={(endsOn) => onChange({ endsOn })}
              error={problemOf("endsOn")}
              helpText={t("terms.endsOnHelp")}
              autoComplete="off"
            />
            <Select
              label={t("terms.placement")}
              options={PLACEMENTS.map((placement) => ({
                label: t(`terms.placement.${placement}`),
                value: placement,
              }))}
              value={draft.placement}
              onChange={(placement) => onChange({ placement })}
              error={problemOf("placement")}
              helpText={t("terms.placementHelp")}
            />
            <CountrySelect
              chosen={draft.countries}
              problem={problemOf("countries")}
              onChange={(countries) => onChange({ countries })}
            />
            <Checkbox
              label={t("terms.choice")}
              helpText={t("terms.choiceHelp")}
              checked={draft.letsShopperChoose}
              onChange={(letsShopperChoose) => onChange({ letsShopperChoose })}
            />
          </FormLayout>
          <ComponentFields
            components={draft.components}
            isReplaceable={isReplaceable}
            problem={problemOf("components") || undefined}
            onChange={(components) => onChange({ components })}
          />
          <TextField
            label={t("terms.note")}
            value={draft.note}
            onChange={(note) => onChange({ note })}
            error={problemOf("note")}
            helpText={t("terms.noteHelp")}
            multiline={2}
            maxHeight="12rem"
            maxLength={2_000}
            autoComplete="off"
          />
          <InlineStack gap="200" align="end">
            <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
              {t("common:save")}
            </Button>
          </InlineStack>
        </BlockStack>
      </form>
    </Card>
  );
}
