import type { HttpClient } from '@modelkeep/network';

/** What every question to a hub goes through. */
export interface HubContext {
  readonly http: HttpClient;
  /** Without a slash at the end. */
  readonly endpoint: string;
}
