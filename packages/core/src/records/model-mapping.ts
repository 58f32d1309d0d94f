/** What a person says about the place of a model in one app. What is absent or null is left to the app's profile. */
export interface AppMapping {
  /** false: the app does not see the model. */
  readonly link?: boolean | null | undefined;
  /** The name of the link; the extension of the file is added where it is missing. */
  readonly name?: string | null | undefined;
  /** A folder below the one for models of this type, `/` between segments. */
  readonly folder?: string | null | undefined;
  /** Whether the link has the name that the file had where it came from, or the cleaned one. */
  readonly names?: 'official' | 'cleaned' | null | undefined;
}

/** What overrides.json says about the places of a model in apps. */
export interface ModelMapping {
  /** By the id of an app, the versions that see the model: `>=0.3.0 <0.5.0`. */
  readonly versionRanges: Readonly<Record<string, string>>;
  /** By the id of an app; `*` is for all of them and counts after the app's own. */
  readonly apps: Readonly<Record<string, AppMapping>>;
  /** By the id of an app, or `*`: what of this cannot be read. Such an app does not see the model. */
  readonly problems: Readonly<Record<string, string>>;
}
