import { Banner, FormLayout, Select, Text, TextField } from "@shopify/polaris";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { PLACEMENTS } from "#app/domain/offer/offer-kinds.ts";
import type { SharedTerms } from "#app/services/validate/edit-bundles.server.ts";
import { AskModal } from "#app/ui/AskModal.tsx";
import { useDraft } from "#app/ui/hooks/use-draft.ts";

const NO_TERMS: SharedTerms = { percent: "", startsOn: "", endsOn: "", placement: "" };

interface SharedTermsModalProps {
  /** How many offers are changed. */
  readonly count: number;
  /** Why none could be changed so; null before it was tried. */
  readonly refusal: string | null;
  readonly isSaving: boolean;
  readonly isSaved: boolean;
  readonly onSave: (terms: SharedTerms) => void;
  readonly onClose: () => void;
}

/**
 * Changes the same of several offers at once, loaded when it is asked for; what is left empty stays. What is typed outlives a
 * list that cannot be read, which takes the dialog away.
 */
export default function SharedTermsModal(props: SharedTermsModalProps) {
  const { count, refusal, isSaving, isSaved, onSave, onClose } = props;
  const { t } = useTranslation(["bundles", "bundle", "offer"]);
  const { draft: terms, change, discard } = useDraft("shared", NO_TERMS, undefined);
  useEffect(() => {
    if (isSaved) discard();
  }, [discard, isSaved]);
  const isGone = useRef(false);
  useLayoutEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const field = (name: keyof typeof terms) => ({
    value: terms[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  return (
    <AskModal
      isOpen
      title={t("shared.title", { count })}
      action={{
        label: t("common:save"),
        isDisabled: isSaving || Object.values(terms).every((value) => value === ""),
        staysOpen: true,
        isBusy: isSaving,
        onConfirm: () => onSave(terms),
      }}
      onClose={() => {
        // A page that goes closes its dialogs, which nobody asked for.
        if (isGone.current) return;
        discard();
        onClose();
      }}
    >
      <FormLayout>
        <div role="alert">{refusal === null ? null : <Banner tone="critical">{refusal}</Banner>}</div>
        <Text as="p">{t("shared.text")}</Text>
        <TextField
          label={t("offer:reward.percent")}
          inputMode="decimal"
          suffix="%"
          helpText={t("shared.percentHelp")}
          autoComplete="off"
          {...field("percent")}
        />
        <TextField label={t("bundle:terms.startsOn")} type="date" autoComplete="off" {...field("startsOn")} />
        <TextField label={t("bundle:terms.endsOn")} type="date" autoComplete="off" {...field("endsOn")} />
        <Select
          label={t("bundle:terms.placement")}
          options={[
            { label: t("shared.same"), value: "" },
            ...PLACEMENTS.map((value) => ({ label: t(`bundle:terms.placement.${value}`), value })),
          ]}
          {...field("placement")}
        />
      </FormLayout>
    </AskModal>
  );
}
