import { isModelkeepError, ModelkeepError } from '@modelkeep/core';

/** What Node says when there is no connection, or no longer one. */
const SYSTEM_CODES =
  /^E(?:CONNREFUSED|CONNRESET|CONNABORTED|PIPE|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOENT)$/;
/** Classes 08 (connection) and 57P (the server goes down or comes up), and "too many connections". */
const GONE_STATES = /^(?:08...|57P0[1-5]|53300)$/;
/** Wrong user or password, no such database, no right to do this. */
const DENIED_STATES = /^(?:28...|3D000|42501)$/;
const TIMEOUT_STATES = /^(?:57014|55P03|25P0[34])$/;
/** What pg says without a code. */
const GONE_MESSAGES =
  /terminated|timeout exceeded when trying to connect|Connection ended|connection error|not queryable/i;

/** @internal An error of pg as one of modelkeep. @param url - of the server, redacted */
export function toModelkeepError(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || isModelkeepError(error)) return error;
  const { code = '' } = error as { code?: unknown };
  const state = String(code);
  const said = error.message === '' ? state : error.message;
  if (SYSTEM_CODES.test(state) || GONE_STATES.test(state) || (state === '' && GONE_MESSAGES.test(said))) {
    return new ModelkeepError('postgres.unavailable', {
      message: `the database ${url} cannot be reached: ${said}`,
      facts: { url, reason: state === '' ? said : state },
      hint: 'try again when the server is there; nothing that was committed is lost',
      cause: error,
    });
  }
  if (!/^[0-9A-Z]{5}$/.test(state)) return error;
  if (DENIED_STATES.test(state)) {
    return new ModelkeepError('postgres.denied', {
      message: `the database ${url} does not allow it: ${said}`,
      facts: { url, sqlState: state },
      hint: 'check the user, the password, the name of the database, and that the user may create a schema there',
      cause: error,
    });
  }
  if (TIMEOUT_STATES.test(state)) {
    return new ModelkeepError('postgres.timeout', {
      message: `the database ${url} took too long: ${said}`,
      facts: { url },
      cause: error,
    });
  }
  return new ModelkeepError('postgres.failed', {
    message: `the database ${url} failed: ${said}`,
    facts: { url, sqlState: state },
    cause: error,
  });
}
