/** An organisation that an account belongs to. */
export interface AccountOrganisation {
  readonly name: string;
  /** `admin`, `write`, `contributor`, `read`; null where the Hub does not tell. */
  readonly role: string | null;
}

/** What the Hub tells of the token that was sent. */
export interface AccountToken {
  /** The name that its owner gave it, never the token itself. */
  readonly name: string | null;
  /** `read`, `write` or `fineGrained`; null where the Hub does not tell. */
  readonly role: string | null;
}

/** Whose token is sent. Plain data, without the token, and without the e-mail address that the Hub tells too. */
export interface Account {
  readonly name: string;
  /** `user`, `org` or `app`. */
  readonly type: string;
  readonly fullName: string | null;
  readonly isPro: boolean;
  readonly organisations: readonly AccountOrganisation[];
  readonly token: AccountToken | null;
}
