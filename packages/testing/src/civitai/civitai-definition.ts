/** A file of a version. */
export interface CivitaiFileDefinition {
  readonly id: number;
  readonly name: string;
  readonly content: Uint8Array;
  /** @default 'Model' */
  readonly type?: string;
  /** @default whether it is the first */
  readonly primary?: boolean;
  /** @default SafeTensor, full, fp16 */
  readonly metadata?: Readonly<Record<string, string>>;
  /** In place of, or beside, the true ones; null leaves one out. */
  readonly hashes?: Readonly<Record<string, string | null>>;
}

/** A picture of a version. */
export interface CivitaiImageDefinition {
  readonly name: string;
  readonly content: Uint8Array;
  /** @default 'image/jpeg' */
  readonly contentType?: string;
  /** `image` or `video`. @default 'image' */
  readonly type?: string;
  /** @default 1 */
  readonly nsfwLevel?: number;
}

/** A version of a model. */
export interface CivitaiVersionDefinition {
  readonly id: number;
  readonly name?: string;
  readonly baseModel?: string;
  readonly description?: string;
  readonly trainedWords?: readonly string[];
  readonly publishedAt?: string;
  /** When it is free for all: until then a download is refused, but for an account that has bought it. */
  readonly earlyAccessEndsAt?: string;
  /** Whether a download takes an API key. @default false */
  readonly needsKey?: boolean;
  readonly files: readonly CivitaiFileDefinition[];
  readonly images?: readonly CivitaiImageDefinition[];
}

/** A model, its newest version first. */
export interface CivitaiModelDefinition {
  readonly id: number;
  readonly name: string;
  /** @default 'LORA' */
  readonly type?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly creator?: string;
  readonly mode?: 'Archived' | 'TakenDown';
  readonly nsfw?: boolean;
  readonly versions: readonly CivitaiVersionDefinition[];
}
