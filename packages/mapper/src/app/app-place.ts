/** @internal One installation of an app on this machine. */
export interface AppPlace {
  /** Id of its profile. */
  readonly app: string;
  /** Its folder, absolute, without links on the way. */
  readonly appRoot: string;
}
