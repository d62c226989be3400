import { Button, InlineStack, Select } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

interface AddSelectProps {
  readonly label: string;
  /** The first, without a value, says what to do. */
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly error?: string | false;
  readonly onAdd: (value: string) => void;
}

/** Adds one of a long list, by a button: the arrow keys choose every option that they pass. */
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
