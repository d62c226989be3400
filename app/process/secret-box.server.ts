import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AppError } from "./errors.ts";

/**
 * Encrypts what must not be readable in a copy of the database: access tokens and the shops' secrets; see
 * app/decisions/house/009-tokens-and-secrets-are-sealed-in-the-database.md.
 */
export interface SecretBox {
  /**
   * Encrypts a text under the current key.
   *
   * @param place where the text will stand, e.g. "Session.accessToken offline_shop"; it opens nowhere else
   * @returns `sealed.KEY_ID.` and base64url of nonce, tag and ciphertext
   */
  seal(text: string, place: string): string;
  /**
   * Decrypts what `seal` gave. A text that was never sealed, as in a row from before encryption, is given back.
   *
   * @throws AppError config_invalid in one line when its key is not there, is another one, or the text was changed
   */
  open(sealed: string, place: string): string;
  /** Whether the text is sealed under the current key; one that is not should be sealed anew. */
  isCurrent(sealed: string): boolean;
}

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sealed\.([\w-]+)\.([\w-]+)$/;
const KEY = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Opens the box with the keys of `ENCRYPTION_KEYS`: `ID:KEY`, the key 32 bytes in base64, several divided by commas.
 * The first seals; all of them open. To rotate, put a new key in front, and remove the old one after a day.
 *
 * @throws AppError config_invalid that says which entry is wrong, without quoting a key
 */
export function openSecretBox(encryptionKeys: string): SecretBox {
  const keys = parseKeys(encryptionKeys);
  const [[currentId, currentKey]] = [...keys] as [[string, Buffer]];
  return {
    seal(text, place) {
      return `sealed.${currentId}.${sealBytes(currentKey, Buffer.from(text), place).toString("base64url")}`;
    },
    open(sealed, place) {
      const [, id, data] = SEALED.exec(sealed) ?? [];
      if (id === undefined || data === undefined) return sealed;
      const key = keys.get(id);
      if (!key) {
        throw refusal(`${place} is sealed with the key "${id}", which ENCRYPTION_KEYS does not hold`);
      }
      try {
        return openBytes(key, Buffer.from(data, "base64url"), place).toString("utf8");
      } catch (cause) {
        throw refusal(`${place} does not open with the key "${id}" of ENCRYPTION_KEYS`, cause);
      }
    },
    isCurrent: (sealed) => SEALED.exec(sealed)?.[1] === currentId,
  };
}

/** Encrypts bytes, which open in this place alone: nonce, tag and ciphertext. */
export function sealBytes(key: Buffer, bytes: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when they were sealed with another key, for another place, or were changed */
export function openBytes(key: Buffer, sealed: Buffer, place: string): Buffer {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), options)
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
}

function parseKeys(encryptionKeys: string): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of encryptionKeys.split(",").entries()) {
    const [, id, base64] = KEY.exec(entry.trim()) ?? [];
    const key = Buffer.from(base64 ?? "", "base64");
    if (id === undefined || key.length !== KEY_BYTES) {
      throw refusal(
        `ENCRYPTION_KEYS: entry ${index + 1} must be ID:KEY, the key ${KEY_BYTES} random bytes in base64 ` +
          "(openssl rand -base64 32)",
      );
    }
    if (keys.has(id)) throw refusal(`ENCRYPTION_KEYS: the id "${id}" is there twice`);
    keys.set(id, key);
  }
  return keys;
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError("config_invalid", message, false, { cause });
}

/** Compares in a time that tells nothing of what is expected. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
