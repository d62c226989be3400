import { z } from "zod";
import { DraftProposal } from "#app/domain/propose/draft-proposal.ts";
import { NamedRefusal } from "./name-refusals.server.ts";

/** What the job that proposes hands to the job that replays. */
const RunDrafts = z.object({ drafts: z.array(DraftProposal), refused: z.array(NamedRefusal) });
type RunDrafts = z.infer<typeof RunDrafts>;

export function encodeDrafts(drafts: RunDrafts): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(drafts));
}

/** @throws ZodError when the bytes are of another version of the app */
export function decodeDrafts(bytes: Uint8Array): RunDrafts {
  return RunDrafts.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
