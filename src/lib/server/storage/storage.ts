/** Bytes by their SHA-256. What was put is never changed and never put twice. */
export interface Storage {
  /** Keeps the bytes and returns their SHA-256 (hexadecimal). Durable when it returns; idempotent. What is there counts as put now. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes exactly as put, or null. */
  get(sha256: string): Promise<Uint8Array | null>;
  /** Every file that is kept, in no order; what is put meanwhile may be missing. */
  list(): AsyncIterable<StoredFile>;
  /** Lets a file go, unless the same bytes were put again since then. @returns whether it went. */
  remove(name: string, unlessSince: Date): Promise<boolean>;
  /** Something a person may know it by, for messages. */
  readonly label: string;
}

export interface StoredFile {
  /** SHA-256 of its bytes, or the name of a leftover of a process that died while it wrote. */
  name: string;
  byteLength: number;
  modifiedAt: Date;
}
