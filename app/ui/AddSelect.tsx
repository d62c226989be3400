import { Button, InlineStack, Select } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

interface AddSelectProps {
  readonly label: string;
  /** The first option has no value and serves as the placeholder. */
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly error?: string | false;
  readonly onAdd: (value: string) => void;
}

/** Adds an option with a button, because the arrow keys of a select choose every option on the way. */
export function AddSelect({ label, options, error = false, onAdd }: AddSelectProps) {
  const { t } = useTranslation("common");
  const [chosen, setChosen] = useState("");
  return (
    <InlineStack gap="200" blockAlign="end" wrap={false}>
      <div style={{ flexGrow: 1, minInlineSize: 0 }}>
        <Select label={label} options={[...options]} value={chosen} onChange={setChosen} error={error} />
      </div>
      <Button
        accessibilityLabel={`${t("add")}: ${label}`}
        onClick={() => {
          if (chosen) onAdd(chosen);
          setChosen("");
        }}
      >
        {t("add")}
      </Button>
    </InlineStack>
  );
}
