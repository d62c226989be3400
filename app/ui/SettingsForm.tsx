import { SaveBar } from "@shopify/app-bridge-react";
import {
  BlockStack,
  Button,
  Card,
  Checkbox,
  FormLayout,
  InlineStack,
  Layout,
  Select,
  TextField,
} from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { AnyField, SETTING_GROUPS } from "./settings-fields.ts";

interface SettingsFormProps {
  readonly groups: typeof SETTING_GROUPS;
  /** Sections of the same form that are no plain fields. */
  readonly children?: ReactNode;
  /** What stands in each field, by name. */
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly onChange: (name: string, value: string) => void;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}

/** All settings of the shop, each with what it does. */
export function SettingsForm({
  groups,
  children,
  values,
  problems,
  isDirty,
  isSaving,
  onChange,
  onSave,
  onDiscard,
}: SettingsFormProps) {
  const { t } = useTranslation("settings");
  return (
    <form
      // The server names the limits beside the field; a browser's bubble would keep it from that.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <SaveBar id="settings" open={isDirty}>
        <button variant="primary" onClick={onSave} {...(isSaving ? { loading: "" } : {})}>
          {t("common:save")}
        </button>
        <button onClick={onDiscard}>{t("common:discard")}</button>
      </SaveBar>
      <Layout>
        {groups.map(({ name: group, fields }) => (
          <Layout.AnnotatedSection
            key={group}
            title={t(`group.${group}.title`)}
            description={t(`group.${group}.text`)}
          >
            <Card roundedAbove="xs">
              <FormLayout>
                {fields.map((field) => (
                  <SettingInput
                    key={field.name}
                    field={field}
                    value={values[field.name] ?? ""}
                    problem={problems.find((problem) => problem.field === field.name)?.message}
                    onChange={(value) => onChange(field.name, value)}
                  />
                ))}
              </FormLayout>
            </Card>
          </Layout.AnnotatedSection>
        ))}
        {children}
        <Layout.Section>
          <BlockStack>
            <InlineStack align="end">
              <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
                {t("common:save")}
              </Button>
            </InlineStack>
          </BlockStack>
        </Layout.Section>
      </Layout>
    </form>
  );
}

function SettingInput({
  field,
  value,
  problem,
  onChange,
}: {
  field: AnyField;
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation("settings");
  const { name, unit } = field;
  if (unit === "choice") {
    return (
      <Checkbox
        label={t(`field.${name}.label`)}
        helpText={t(`field.${name}.help`)}
        checked={value === "true"}
        onChange={(isChosen) => onChange(String(isChosen))}
        error={problem ?? false}
      />
    );
  }
  if (unit === "word") {
    return (
      <Select
        label={t(`field.${name}.label`)}
        helpText={t(`field.${name}.help`)}
        options={field.words.map((word) => ({ value: word, label: t(`word.${word}`) }))}
        value={value}
        onChange={onChange}
        error={problem ?? false}
      />
    );
  }
  return (
    <TextField
      label={t(`field.${name}.label`)}
      helpText={t(`field.${name}.help`)}
      type="number"
      min={field.min}
      max={field.max}
      step={1}
      suffix={unit === "days" ? t("days") : unit === "percent" ? "%" : ""}
      value={value}
      onChange={onChange}
      error={problem ?? false}
      autoComplete="off"
    />
  );
}
