import { Banner, FormLayout, Select, Text, TextField } from "@shopify/polaris";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { PLACEMENTS } from "#app/domain/offer/offer-kinds.ts";
import type { SharedTerms } from "#app/services/validate/edit-bundles.server.ts";
import { AskModal } from "#app/ui/AskModal.tsx";
import { useDraft } from "#app/ui/hooks/use-draft.ts";

const NO_TERMS: SharedTerms = { percent: "", startsOn: "", endsOn: "", placement: "" };

interface SharedTermsModalProps {
  readonly count: number;
  /** Why nothing could be changed; null before the first attempt. */
  readonly refusal: string | null;
  readonly isSaving: boolean;
  readonly isSaved: boolean;
  readonly onSave: (terms: SharedTerms) => void;
  readonly onClose: () => void;
}

/**
 * Edits several offers at once, loaded lazily; empty fields stay unchanged. The draft survives a failed reload of the
 * list, which unmounts the dialog.
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
        // Unmounting the page also closes its dialogs; that is not a cancellation.
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
