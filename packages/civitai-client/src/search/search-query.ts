/** Which models are looked for. */
export interface CivitaiSearchQuery {
  readonly query?: string | undefined;
  readonly tag?: string | undefined;
  readonly username?: string | undefined;
  /** `Checkpoint`, `LORA`, … */
  readonly types?: readonly string[] | undefined;
  /** As the site writes them: `SDXL 1.0`, `Flux.1 D`, … */
  readonly baseModels?: readonly string[] | undefined;
  /** `Highest Rated`, `Most Downloaded`, `Newest`. */
  readonly sort?: string | undefined;
  /** `AllTime`, `Year`, `Month`, `Week`, `Day`. */
  readonly period?: string | undefined;
  /** Whether models that are not safe for work are among them. @default what the site does for the account */
  readonly nsfw?: boolean | undefined;
  /** Models on a page, from 1 to 100. @default 100 */
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which images are looked for. */
export interface CivitaiImagesQuery {
  readonly modelId?: number | undefined;
  readonly modelVersionId?: number | undefined;
  readonly username?: string | undefined;
  readonly nsfw?: boolean | undefined;
  readonly sort?: string | undefined;
  readonly period?: string | undefined;
  /** Images on a page, from 1 to 200. @default 100 */
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
