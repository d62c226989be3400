import { SaveBar } from "@shopify/app-bridge-react";
import { BlockStack, Button, Card, FormLayout, InlineStack, Text, TextField } from "@shopify/polaris";

/** The terms of a bundle as they stand in the fields. */
export interface TermsDraft {
  readonly title: string;
  readonly discountPercent: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly quantities: readonly string[];
}

interface TermsMessage {
  readonly field: keyof TermsDraft;
  readonly message: string;
}

interface BundleTermsFormProps {
  readonly draft: TermsDraft;
  readonly componentTitles: readonly string[];
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
  const { draft, componentTitles, problems, warnings, isDirty, isSaving, onChange, onSave, onDiscard } =
    props;
  const problemOf = (field: keyof TermsDraft) =>
    problems.find((problem) => problem.field === field)?.message ?? false;
  const warningOf = (field: keyof TermsDraft) => warnings.find((warning) => warning.field === field)?.message;
  return (
    <Card>
      <SaveBar id={SAVE_BAR_ID} open={isDirty}>
        <button variant="primary" onClick={onSave} {...(isSaving ? { loading: "" } : {})}>
          Save
        </button>
        <button onClick={onDiscard}>Discard</button>
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
            Terms
          </Text>
          <FormLayout>
            <TextField
              label="Title shown to shoppers"
              value={draft.title}
              onChange={(title) => onChange({ title })}
              error={problemOf("title")}
              maxLength={120}
              autoComplete="off"
            />
            <TextField
              label="Discount"
              type="number"
              min={1}
              max={90}
              suffix="%"
              value={draft.discountPercent}
              onChange={(discountPercent) => onChange({ discountPercent })}
              error={problemOf("discountPercent")}
              helpText={
                warningOf("discountPercent") ?? "Taken off when everything of the bundle is in the cart."
              }
              autoComplete="off"
            />
            <TextField
              label="First day"
              type="date"
              value={draft.startsOn}
              onChange={(startsOn) => onChange({ startsOn })}
              error={problemOf("startsOn")}
              helpText="Empty: at once"
              autoComplete="off"
            />
            <TextField
              label="Last day"
              type="date"
              value={draft.endsOn}
              onChange={(endsOn) => onChange({ endsOn })}
              error={problemOf("endsOn")}
              helpText="Empty: until you pause it"
              autoComplete="off"
            />
            {componentTitles.map((title, index) => (
              <TextField
                key={index}
                label={`Units of ${title}`}
                type="number"
                min={1}
                max={9}
                value={draft.quantities[index] ?? ""}
                onChange={(units) =>
                  onChange({ quantities: draft.quantities.map((old, at) => (at === index ? units : old)) })
                }
                error={index === 0 ? problemOf("quantities") : false}
                autoComplete="off"
              />
            ))}
          </FormLayout>
          <InlineStack gap="200" align="end">
            <Button submit variant="primary" disabled={!isDirty} loading={isSaving}>
              Save
            </Button>
          </InlineStack>
        </BlockStack>
      </form>
    </Card>
  );
}
