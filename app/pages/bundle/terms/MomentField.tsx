import { InlineStack, TextField } from "@shopify/polaris";

interface MomentFieldProps {
  readonly label: string;
  readonly timeLabel: string;
  readonly helpText: string;
  /** "2026-12-24" or "2026-12-24T18:30"; empty for none. */
  readonly value: string;
  readonly problem: string | false;
  readonly onChange: (value: string) => void;
}

/** A day of the shop's calendar and, where it matters, a minute of it. */
export function MomentField({ label, timeLabel, helpText, value, problem, onChange }: MomentFieldProps) {
  const [day = "", time = ""] = value.split("T");
  return (
    <InlineStack gap="200" blockAlign="start">
      <div style={{ flex: "2 1 9rem", minInlineSize: 0 }}>
        <TextField
          label={label}
          type="date"
          value={day}
          onChange={(typed) => onChange(typed && time ? `${typed}T${time}` : typed)}
          error={problem}
          helpText={helpText}
          autoComplete="off"
        />
      </div>
      <div style={{ flex: "1 1 7rem", minInlineSize: 0 }}>
        <TextField
          label={timeLabel}
          type="time"
          value={time}
          disabled={day === ""}
          onChange={(typed) => onChange(typed ? `${day}T${typed}` : day)}
          autoComplete="off"
        />
      </div>
    </InlineStack>
  );
}
