import { useFetcher } from "@remix-run/react";
import { SaveBar } from "@shopify/app-bridge-react";
import { Button, Card, Checkbox, FormLayout, InlineStack, Layout, Select, TextField } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useDraft } from "#app/ui/hooks/use-draft.ts";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import {
  toFieldTexts,
  type AnyField,
  type FieldProblem,
  type SettingGroup,
} from "#app/domain/settings-fields.ts";

interface SettingsFormProps {
  /** Name of the form within the shop, for its draft. */
  readonly name: string;
  readonly groups: readonly SettingGroup[];
  /** Saved values by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings that are lists. `children` draws them; the draft holds them as JSON. */
  readonly lists?: readonly string[];
  /** Further sections of the form. */
  readonly children?: (form: {
    readonly values: Readonly<Record<string, string>>;
    readonly problems: readonly FieldProblem[];
    readonly change: (name: string, value: string) => void;
  }) => ReactNode;
}

/** A form of shop settings with help texts; submits to the current page. */
export function SettingsForm({ name, groups, settings, lists = [], children }: SettingsFormProps) {
  const { t } = useTranslation("settings");
  const fetcher = useFetcher<Outcome & { readonly problems: readonly FieldProblem[] }>();
  useOutcomeToast(fetcher.data);
  const saved = {
    ...toFieldTexts(groups, settings),
    ...Object.fromEntries(lists.map((list) => [list, JSON.stringify(settings[list])])),
  };
  const { draft, isDirty, change: type, discard, takeChanges } = useDraft(name, saved, fetcher);
  const [sent, setSent] = useState<Readonly<Record<string, string>>>({});
  // A problem is shown until its field changes.
  const problems = (fetcher.data?.problems ?? []).filter(({ field }) => {
    const [setting = ""] = field.split(".");
    return sent[setting] === draft[setting];
  });
  const isSaving = fetcher.state !== "idle";
  const change = (field: string, value: string) => type({ [field]: value });
  const onSave = () => {
    setSent(draft);
    const seen = Object.fromEntries(lists.map((list) => [list, settings[list]]));
    fetcher.submit({ ...takeChanges(), seen: JSON.stringify(seen) }, { method: "post" });
  };
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fetcher.data?.ok === false)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fetcher.data]);
  return (
    <form
      ref={form}
      // The server's message names the limits; the browser's validation would hide it.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <SaveBar id="settings" open={isDirty}>
        {/* Without `type`, a button submits the form, so the discard button would save. */}
        <button type="button" variant="primary" onClick={onSave} {...(isSaving ? { loading: "" } : {})}>
          {t("common:save")}
        </button>
        <button type="button" onClick={discard}>
          {t("common:discard")}
        </button>
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
                    value={draft[field.name] ?? ""}
                    problem={problems.find((problem) => problem.field === field.name)?.message}
                    onChange={(value) => change(field.name, value)}
                  />
                ))}
              </FormLayout>
            </Card>
          </Layout.AnnotatedSection>
        ))}
        {children?.({ values: draft, problems, change })}
        <Layout.Section>
          <InlineStack align="end">
            <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
              {t("common:save")}
            </Button>
          </InlineStack>
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
        // Polaris' Checkbox treats any given error as one, even false.
        {...(problem === undefined ? {} : { error: problem })}
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
      // A number input ignores a comma and would read "2,5" as 25.
      inputMode="decimal"
      suffix={unit === "days" ? t("days") : unit === "percent" ? "%" : ""}
      value={value}
      onChange={onChange}
      error={problem ?? false}
      autoComplete="off"
    />
  );
}
