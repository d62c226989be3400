import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AppError } from "./errors.ts";

/**
 * Encrypts access tokens and shop secrets, so that a copy of the database does not reveal them.
 *
 * @see app/decisions/house/009-tokens-and-secrets-are-sealed-in-the-database.md
 */
export interface SecretBox {
  /**
   * Encrypts a text under the current key.
   *
   * @param place where the text is stored, e.g. "Session.accessToken offline_shop"; it decrypts only there
   * @returns `sealed.KEY_ID.` and base64url of nonce, tag and ciphertext
   */
  seal(text: string, place: string): string;
  /**
   * Decrypts the result of `seal`. Returns a text that is not sealed, such as a row from before encryption, as it is.
   *
   * @throws AppError config_invalid, on one line, if its key is missing or wrong, or the text was changed
   */
  open(sealed: string, place: string): string;
  /** Whether the text is sealed under the current key; if not, seal it again. */
  isCurrent(sealed: string): boolean;
}

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sealed\.([\w-]+)\.([\w-]+)$/;
const KEY = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

/**
 * Opens the box with the keys of `ENCRYPTION_KEYS`: comma-separated `ID:KEY`, each key 32 bytes in base64. The first
 * key encrypts; all keys decrypt. To rotate, put a new key in front and remove the old one after a day.
 *
 * @throws AppError config_invalid naming the wrong entry, without quoting a key
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

/** Encrypts bytes for one place; returns nonce, tag and ciphertext. */
export function sealBytes(key: Buffer, bytes: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws Error if the key or the place differs, or the bytes were changed */
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

/** Compares in constant time. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
