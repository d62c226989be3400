import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where an import's key stands; part of what its seal vouches for. */
export function importKeyPlace(shop: string, importId: string): string {
  return `OrderImport.sealedKey ${shop} ${importId}`;
}

/** A key for one import alone: once it is gone, so is what it sealed, in every copy of the database. */
export function drawImportKey(): Buffer {
  return randomBytes(32);
}

/** Encrypts a part, which opens in this place of this import alone. */
export function sealPart(key: Buffer, part: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(part), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when it was sealed with another key, for another place, or was changed */
export function openPart(key: Buffer, sealed: Buffer, place: string): Buffer {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
}
