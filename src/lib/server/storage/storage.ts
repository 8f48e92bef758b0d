/** Bytes by their SHA-256. What was put is never changed and never put twice. */
export interface Storage {
  /** Keeps the bytes and returns their SHA-256 (hexadecimal). Durable when it returns; idempotent. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes exactly as put, or null. */
  get(sha256: string): Promise<Uint8Array | null>;
  /** Something a person may know it by, for messages. */
  readonly label: string;
}
