import { SaveBar } from "@shopify/app-bridge-react";
import { BlockStack, Button, Card, FormLayout, InlineStack, Layout, TextField } from "@shopify/polaris";
import { SETTING_GROUPS, type SettingField } from "./settings-fields.ts";

interface SettingsFormProps {
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
  values,
  problems,
  isDirty,
  isSaving,
  onChange,
  onSave,
  onDiscard,
}: SettingsFormProps) {
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
          Save
        </button>
        <button onClick={onDiscard}>Discard</button>
      </SaveBar>
      <Layout>
        {SETTING_GROUPS.map(({ title, text, fields }) => (
          <Layout.AnnotatedSection key={title} title={title} description={text}>
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
        <Layout.Section>
          <BlockStack>
            <InlineStack align="end">
              <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
                Save
              </Button>
            </InlineStack>
          </BlockStack>
        </Layout.Section>
      </Layout>
    </form>
  );
}

const SUFFIX: Readonly<Record<SettingField["unit"], string>> = { percent: "%", count: "", days: "days" };

function SettingInput({
  field: { label, help, unit, min, max },
  value,
  problem,
  onChange,
}: {
  field: SettingField;
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={label}
      helpText={help}
      type="number"
      min={min}
      max={max}
      step={1}
      suffix={SUFFIX[unit]}
      value={value}
      onChange={onChange}
      error={problem ?? false}
      autoComplete="off"
    />
  );
}
