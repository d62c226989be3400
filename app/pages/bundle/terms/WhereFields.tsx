import { Checkbox, FormLayout, Select, TextField } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { PLACEMENTS } from "#app/domain/offer/offer-kinds.ts";
import { CountrySelect } from "./CountrySelect.tsx";
import { MomentField } from "./MomentField.tsx";
import type { FieldsProps } from "./terms-draft.ts";

/** When, where and how often an offer holds. */
export function WhereFields({ draft, problemOf, onChange }: FieldsProps) {
  const { t } = useTranslation("bundle");
  return (
    <FormLayout>
      <MomentField
        label={t("terms.startsOn")}
        timeLabel={t("terms.time")}
        value={draft.startsOn}
        onChange={(startsOn) => onChange({ startsOn })}
        problem={problemOf("startsOn")}
        helpText={t("terms.startsOnHelp")}
      />
      <MomentField
        label={t("terms.endsOn")}
        timeLabel={t("terms.time")}
        value={draft.endsOn}
        onChange={(endsOn) => onChange({ endsOn })}
        problem={problemOf("endsOn")}
        helpText={t("terms.endsOnHelp")}
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
      <TextField
        label={t("terms.times")}
        type="number"
        min={1}
        max={99}
        value={draft.timesPerOrder}
        onChange={(timesPerOrder) => onChange({ timesPerOrder })}
        error={problemOf("timesPerOrder")}
        helpText={t("terms.timesHelp")}
        autoComplete="off"
      />
      {draft.offer.kind === "set" || draft.offer.kind === "gift" ? (
        <Checkbox
          label={t("terms.choice")}
          helpText={t("terms.choiceHelp")}
          checked={draft.letsShopperChoose}
          onChange={(letsShopperChoose) => onChange({ letsShopperChoose })}
        />
      ) : null}
    </FormLayout>
  );
}

/** What staff wrote down about it. */
export function NoteField({ draft, problemOf, onChange }: FieldsProps) {
  const { t } = useTranslation("bundle");
  return (
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
  );
}
